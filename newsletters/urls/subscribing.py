"""Subscribing, choosing what one receives, leaving: without an account, by a personal link."""

from django.urls import path

from newsletters.views import subscribing

urlpatterns = [
    path("abonnement/", subscribing.SubscribeView.as_view(), name="subscribe"),
    path("abonnement/envoye/", subscribing.SubscribeSentView.as_view(), name="subscribe_sent"),
    path("abonnement/<str:token>/", subscribing.SubscriptionView.as_view(), name="subscription"),
    path("mon-abonnement/", subscribing.MyLettersView.as_view(), name="my_letters"),
    path("desabonnement/pourquoi/", subscribing.departure_reason, name="departure_reason"),
    path("desabonnement/annuler/", subscribing.subscribe_again, name="subscribe_again"),
    path("desabonnement/<str:token>/", subscribing.UnsubscribeView.as_view(), name="unsubscribe"),
]
