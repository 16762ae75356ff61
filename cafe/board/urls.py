from django.urls import path

from cafe.board import views, views_monthly, views_report

urlpatterns = [
    path("conseil/", views.BoardView.as_view(), name="board"),
    path("conseil/recompter/", views.board_recount, name="board_recount"),
    path("conseil/saisons/", views.SeasonsView.as_view(), name="board_seasons"),
    path("conseil/rapport.xlsx", views_report.board_tables, name="board_tables"),
    path("conseil/rapport.pdf", views_report.board_report, name="board_report"),
    path("conseil/rapports/", views_report.KeptReportsView.as_view(), name="board_kept"),
    path("conseil/rapports/<uuid:pk>/", views_report.kept_report, name="board_kept_file"),
    path(
        "conseil/rapports/<uuid:pk>/supprimer/", views_report.KeptReportDeleteView.as_view(), name="board_kept_delete"
    ),
    path("conseil/chaque-mois/recevoir/", views_monthly.monthly_start, name="board_monthly_start"),
    path("conseil/chaque-mois/arreter/", views_monthly.monthly_end, name="board_monthly_end"),
    path("conseil/chaque-mois/<str:token>/", views_monthly.MonthlyStopView.as_view(), name="board_monthly_stop"),
    path("coordination/rapport/", views_report.ReportWriteView.as_view(), name="board_write"),
    path("coordination/rapport/garder/", views_report.report_keep, name="board_keep"),
]
