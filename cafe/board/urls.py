from django.urls import path

from cafe.board import views

urlpatterns = [
    path("conseil/", views.BoardView.as_view(), name="board"),
    path("conseil/saisons/", views.SeasonsView.as_view(), name="board_seasons"),
    path("conseil/rapport.xlsx", views.board_tables, name="board_tables"),
    path("conseil/rapport.pdf", views.board_report, name="board_report"),
]
