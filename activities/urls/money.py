"""Addresses of the budget, of vouchers and of hours to be compensated."""

from django.urls import path

from activities.views import budget, hours, vouchers

urlpatterns = [
    path("coordination/budget/", budget.ManageBudgetView.as_view(), name="manage_budget"),
    path("coordination/budget/export.<str:extension>", budget.budget_export, name="manage_budget_export"),
    path("coordination/budget/reprendre/", budget.budget_copy, name="manage_budget_copy"),
    path("coordination/budget/ajouter/", budget.BudgetLineView.as_view(), name="manage_budget_add"),
    path("coordination/budget/<int:pk>/", budget.BudgetLineView.as_view(), name="manage_budget_edit"),
    path("coordination/budget/<int:pk>/supprimer/", budget.BudgetLineDeleteView.as_view(), name="manage_budget_delete"),
    path("conseil/budget/", budget.BoardBudgetView.as_view(), name="board_budget"),
    path("conseil/budget/export.<str:extension>", budget.board_budget_export, name="board_budget_export"),
    path("coordination/bons/", vouchers.VouchersView.as_view(), name="manage_vouchers"),
    path("coordination/bons/export.<str:extension>", vouchers.vouchers_export, name="manage_vouchers_export"),
    path("coordination/bons/emettre/", vouchers.VoucherIssueView.as_view(), name="manage_vouchers_issue"),
    path("coordination/bons/retours/", vouchers.VoucherReturnView.as_view(), name="manage_vouchers_returns"),
    path("coordination/bons/imprimer/", vouchers.vouchers_print, name="manage_vouchers_print"),
    path("coordination/bons/retirer/", vouchers.vouchers_withdraw, name="manage_vouchers_withdraw"),
    path("coordination/bons/payer/", vouchers.vouchers_pay, name="manage_vouchers_pay"),
    path("equipe/heures/", hours.MyHoursView.as_view(), name="my_hours"),
    path("equipe/heures/ecoute.<str:extension>", hours.listening_hours_export, name="listening_hours_export"),
    path("coordination/heures/", hours.ManageHoursView.as_view(), name="manage_hours"),
    path("coordination/heures/export.<str:extension>", hours.hours_export, name="manage_hours_export"),
]
