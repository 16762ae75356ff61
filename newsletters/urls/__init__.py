from django.urls import include, path

urlpatterns = [
    path("lettres/", include("newsletters.urls.subscribing")),
    path("lettres/", include("newsletters.urls.reading")),
    path("coordination/lettres/rappels/", include("newsletters.urls.reminders")),
    path("coordination/lettres/", include("newsletters.urls.writing")),
    path("coordination/lettres/", include("newsletters.urls.sending")),
    path("coordination/abonnes/", include("newsletters.urls.subscribers")),
]
