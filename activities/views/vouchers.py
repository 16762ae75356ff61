"""Vouchers: issued, printed, returned, paid. No page asks, shows or keeps for whom."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import TemplateView

from activities.forms.money import BatchForm, PayForm, VoucherIssueForm, VoucherReturnForm
from activities.services import vouchers
from activities.views.coordination import CoordinationMixin, coordination_required
from activities.views.money import season_from
from cafe import pdf
from cafe.errors import Refusal
from cafe.exports import table_response

HEADER = ["Numéro", "Usage", "Séance", "Émis le", "Revenu le", "Payé le", "Praticien", "Montant (€)"]


class VouchersView(CoordinationMixin, TemplateView):
    template_name = "activities/vouchers/vouchers.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            counts=vouchers.season_counts(),
            to_pay=vouchers.to_pay(),
            batches=vouchers.batches(),
            today=timezone.localdate(),
            season=season_from(self.request),
            **kwargs,
        )


class VoucherIssueView(CoordinationMixin, View):
    def page(self, form):
        return render(self.request, "activities/vouchers/issue.html", {"form": form})

    def get(self, request):
        return self.page(VoucherIssueForm())

    def post(self, request):
        form = VoucherIssueForm(request.POST)
        if not form.is_valid():
            return self.page(form)
        issued = vouchers.issue(**form.cleaned_data)
        messages.success(request, f"Bons émis : {len(issued)}. Imprimez-les depuis la liste des lots.")
        return redirect("manage_vouchers")


class VoucherReturnView(CoordinationMixin, View):
    """Sending the same numbers again changes nothing, so that the result may simply be shown."""

    def page(self, form, lines=()):
        context = {"form": form, "lines": lines, "accepted": sum(line.accepted for line in lines)}
        return render(self.request, "activities/vouchers/returns.html", context)

    def get(self, request):
        return self.page(VoucherReturnForm())

    def post(self, request):
        form = VoucherReturnForm(request.POST)
        if not form.is_valid():
            return self.page(form)
        try:
            lines = vouchers.take_back(text=form.cleaned_data["numbers"], payee=form.cleaned_data["payee"])
        except Refusal as refusal:
            form.add_error("numbers", refusal.sentence)
            return self.page(form)
        return self.page(VoucherReturnForm(), lines)


def refuse_form(request, form):
    messages.error(request, next(iter(form.errors.values()))[0])
    return redirect("manage_vouchers")


@coordination_required
@require_POST
def vouchers_print(request):
    form = BatchForm(request.POST)
    if not form.is_valid():
        return refuse_form(request, form)
    try:
        return redirect(pdf.page_of(vouchers.request_print(user=request.user, **form.batch())))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("manage_vouchers")


@coordination_required
@require_POST
def vouchers_withdraw(request):
    """Asks once more before deleting: vouchers already handed out would no longer be paid."""
    form = BatchForm(request.POST)
    if not form.is_valid():
        return refuse_form(request, form)
    if "sure" not in request.POST:
        batch = form.batch()
        context = {"form": form, "batch": batch, "count": vouchers.batch_of(**batch).count()}
        return render(request, "activities/vouchers/withdraw.html", context)
    try:
        messages.success(request, f"Bons retirés : {vouchers.withdraw(**form.batch())}.")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("manage_vouchers")


@coordination_required
@require_POST
def vouchers_pay(request):
    form = PayForm(request.POST)
    if not form.is_valid():
        return refuse_form(request, form)
    try:
        messages.success(request, f"Bons marqués payés : {vouchers.pay(**form.cleaned_data)}.")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("manage_vouchers")


def voucher_row(voucher):
    session = voucher.session
    return [
        *(vouchers.grouped(voucher.number), voucher.get_use_display(), str(session) if session else ""),
        *(voucher.issued_on, voucher.returned_on, voucher.paid_on, voucher.payee, vouchers.VOUCHER_EUROS),
    ]


@coordination_required
@require_safe
def vouchers_export(request, extension):
    season = season_from(request)
    rows = [voucher_row(voucher) for voucher in vouchers.in_season(season)]
    return table_response(extension=extension, name=f"bons-{season.label}", header=HEADER, rows=rows)
