"""The coordination's list of subscribers."""

from django.urls import path

from newsletters.views import subscribers

urlpatterns = [
    path("", subscribers.SubscriberListView.as_view(), name="subscriber_list"),
    path("export.<str:extension>", subscribers.subscriber_export, name="subscriber_export"),
    path("import/", subscribers.ImportUploadView.as_view(), name="subscriber_import"),
    path("import/<uuid:pk>/", subscribers.ImportPreviewView.as_view(), name="subscriber_import_preview"),
    path("import/<uuid:pk>/abandonner/", subscribers.import_discard, name="subscriber_import_discard"),
    path("<int:pk>/", subscribers.SubscriberView.as_view(), name="subscriber"),
    path("<int:pk>/retirer/", subscribers.SubscriberRemoveView.as_view(), name="subscriber_remove"),
]
