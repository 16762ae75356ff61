from django.urls import path

from resources.views import booklet

urlpatterns = [
    path("ressources/livret.pdf", booklet.booklet, name="booklet"),
]
