from django.urls import path

from newsletters.views import reading

urlpatterns = [
    path("", reading.LettersView.as_view(), name="letters"),
    path("fil.atom", reading.letters_feed, name="letters_feed"),
    path("<slug:slug>/", reading.LetterView.as_view(), name="letter"),
    path("<slug:slug>/image/<int:pk>/", reading.letter_image, name="letter_image"),
]
