from django.urls import path

from cafe.board import views, views_report

urlpatterns = [
    path("conseil/", views.BoardView.as_view(), name="board"),
    path("conseil/saisons/", views.SeasonsView.as_view(), name="board_seasons"),
    path("conseil/rapport.xlsx", views_report.board_tables, name="board_tables"),
    path("conseil/rapport.pdf", views_report.board_report, name="board_report"),
    path("conseil/rapports/", views_report.KeptReportsView.as_view(), name="board_kept"),
    path("conseil/rapports/<uuid:pk>/", views_report.kept_report, name="board_kept_file"),
    path(
        "conseil/rapports/<uuid:pk>/supprimer/", views_report.KeptReportDeleteView.as_view(), name="board_kept_delete"
    ),
    path("coordination/rapport/", views_report.ReportWriteView.as_view(), name="board_write"),
    path("coordination/rapport/garder/", views_report.report_keep, name="board_keep"),
]
