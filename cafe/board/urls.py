from django.urls import path

from cafe.board import views

urlpatterns = [
    path("conseil/", views.BoardView.as_view(), name="board"),
    path("conseil/rapport.pdf", views.board_report, name="board_report"),
]
