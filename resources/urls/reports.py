from django.urls import path

from resources.views import manage_reports, reports

REPORTS = "coordination/ressources/signalements/"
REPORT = f"{REPORTS}<int:pk>/"

urlpatterns = [
    path("ressources/proposer/", reports.ProposeResourceView.as_view(), name="resource_propose"),
    path("ressources/proposer/merci/", reports.ProposedView.as_view(), name="resource_proposed"),
    path("ressources/<slug:slug>/signaler/", reports.ReportErrorView.as_view(), name="resource_report"),
    path("ressources/<slug:slug>/signaler/merci/", reports.ReportedView.as_view(), name="resource_reported"),
    path(REPORTS, manage_reports.ManageReportsView.as_view(), name="manage_reports"),
    path(REPORT, manage_reports.ManageReportView.as_view(), name="manage_report"),
    path(f"{REPORT}fiche/", manage_reports.ReportSheetView.as_view(), name="manage_report_edit"),
    path(f"{REPORT}en-faire-une-fiche/", manage_reports.report_sheet, name="manage_report_sheet"),
    path(f"{REPORT}retenir/", manage_reports.report_accept, name="manage_report_accept"),
    path(f"{REPORT}ecarter/", manage_reports.report_refuse, name="manage_report_refuse"),
]
