"""A peer's own hours on screen, and the peers' debriefings. Each form has its own address and its own button."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from cafe.errors import Refusal
from listening_cell.forms.hours import AbsenceForm, DebriefingForm, LoadForm, OpenHourForm, WeeklyHoursForm
from listening_cell.models import Absence, Debriefing, Slot
from listening_cell.services import availability, debriefings
from listening_cell.services.audit import monday_of
from listening_cell.views.spaces import PeerSpace

SAVED = "C’est enregistré."
STILL_HELD = "C’est enregistré. Ce qui était prévu ces jours-là reste prévu, et l’autre personne est prévenue."
WEEKS, PAGE = 9, 25


def week_asked(request):
    """Return which week ?semaine= asks for, 0 being this one; None for anything else."""
    asked = request.GET.get("semaine", "")
    return int(asked) if asked in set(map(str, range(WEEKS))) else None


class HoursPage(PeerSpace):
    """All of a peer's hours; a form that is refused comes back here with what was typed."""

    def page(self, status=200, **forms):
        peer, now, rank = self.holder, timezone.now(), week_asked(self.request)
        this_week = monday_of(timezone.localdate(now))
        if rank is None:
            # Nothing asked: the first week in which there is something to see.
            rank = (monday_of(availability.next_day(peer, now)) - this_week).days // 7
        monday = this_week + timedelta(weeks=rank)
        context = {
            "weekly": forms.get("weekly") or self.weekly_form(),
            "open_hour": forms.get("open_hour") or OpenHourForm(),
            "absence": forms.get("absence") or AbsenceForm(),
            "load": forms.get("load") or LoadForm(instance=peer),
            "form": next(iter(forms.values()), None),
            "absences": peer.absences.filter(last_day__gte=timezone.localdate(now)),
            "outside": availability.outside_weekly(peer, now),
            "slots": availability.slots_of_week(peer, monday, now),
            "monday": monday,
            "rank": rank,
            "before": rank - 1 if rank else None,
            "after": rank + 1 if rank + 1 < WEEKS else None,
        }
        return render(self.request, "listening_cell/hours/hours.html", context, status=status)

    def weekly_form(self, data=None):
        kept = self.holder.weekly_hours.values_list("weekday", "hour")
        return WeeklyHoursForm(data, initial={"hours": [f"{weekday}-{hour}" for weekday, hour in kept]})

    def back(self, anchor, sentence=SAVED, level=messages.SUCCESS):
        """Go back to the part of the page where one was, in the same week."""
        messages.add_message(self.request, level, sentence)
        rank = week_asked(self.request)
        query = "" if rank is None else f"?semaine={rank}"
        return redirect(f"{reverse('cell_hours')}{query}#{anchor}")

    def get(self, request, **_):
        return self.page()


class HoursView(HoursPage):
    def post(self, request):
        form = self.weekly_form(request.POST)
        if not form.is_valid():
            return self.page(weekly=form)
        availability.set_weekly_hours(peer=self.holder, hours=form.chosen())
        return self.back("semaine")


class HoursActView(HoursPage):
    """Something done from the page of hours, at an address of its own; whoever opens it reads that page."""

    def get(self, request, **_):
        return redirect("cell_hours")


class OpenHourView(HoursActView):
    def post(self, request):
        form = OpenHourForm(request.POST)
        if not form.is_valid():
            return self.page(open_hour=form)
        try:
            availability.open_hour(peer=self.holder, starts_at=form.starts_at())
        except Refusal as refusal:
            form.add_error("day", refusal.sentence)
            return self.page(open_hour=form)
        return self.back("creneaux")


class SlotView(HoursActView):
    """Closes one hour of one date, or opens it again."""

    def post(self, request, pk):
        slot = get_object_or_404(Slot, pk=pk, peer=self.holder)
        try:
            if request.POST.get("open") == "1":
                availability.open_hour(peer=self.holder, starts_at=slot.starts_at)
            else:
                availability.close_slot(slot=slot)
        except Refusal as refusal:
            return self.back("creneaux", refusal.sentence, messages.ERROR)
        return self.back("creneaux")


class AbsenceAddView(HoursActView):
    def post(self, request):
        form = AbsenceForm(request.POST, instance=Absence(peer=self.holder))
        if not form.is_valid():
            return self.page(absence=form)
        days = {name: form.cleaned_data[name] for name in ("first_day", "last_day")}
        talks = availability.add_absence(peer=self.holder, **days)
        return self.back("absences", STILL_HELD if talks else SAVED)


class AbsenceRemoveView(HoursActView):
    def post(self, request, pk):
        availability.remove_absence(absence=get_object_or_404(Absence, pk=pk, peer=self.holder))
        return self.back("absences")


class LoadView(HoursActView):
    def post(self, request):
        form = LoadForm(request.POST, instance=self.model.objects.get(pk=self.holder.pk))
        if not form.is_valid():
            return self.page(load=form)
        availability.set_load(peer=self.holder, **form.cleaned_data)
        return self.back("rythme")


# --- Debriefings ----------------------------------------------------------------------------------


class MeetingForm(PeerSpace):
    """Keeps a meeting that was typed, new or changed. Set page, which shows a form that is refused."""

    def kept(self, form):
        if form.is_valid():
            try:
                debriefings.keep(debriefing=form.instance)
                messages.success(self.request, SAVED)
                return redirect("cell_debriefings")
            except Refusal as refusal:
                form.add_error("day", refusal.sentence)
        return self.page(form)


class DebriefingsView(MeetingForm):
    """The meetings, who came, and a form for the next one."""

    def page(self, form):
        page = Paginator(debriefings.listed(), PAGE).get_page(self.request.GET.get("page"))
        for one in page:
            one.came = self.holder in one.peers.all()
        context = {"form": form, "page_obj": page, "today": timezone.localdate()}
        return render(self.request, "listening_cell/hours/debriefings.html", context)

    def get(self, request):
        return self.page(DebriefingForm())

    def post(self, request):
        return self.kept(DebriefingForm(request.POST))


class DebriefingView(MeetingForm):
    """Changes one meeting."""

    def dispatch(self, request, *args, pk, **kwargs):
        self.pk = pk
        return super().dispatch(request, *args, **kwargs)

    @property
    def meeting(self):
        return get_object_or_404(Debriefing, pk=self.pk)

    def page(self, form):
        context = {"form": form, "meeting": self.meeting}
        return render(self.request, "listening_cell/hours/debriefing.html", context)

    def get(self, request):
        return self.page(DebriefingForm(instance=self.meeting))

    def post(self, request):
        return self.kept(DebriefingForm(request.POST, instance=self.meeting))


class DebriefingActView(DebriefingView):
    """Does one thing to a meeting and comes back to the list. Set act."""

    def get(self, request):
        return redirect("cell_debriefings")

    def post(self, request):
        try:
            self.act(self.meeting)
            messages.success(request, SAVED)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("cell_debriefings")


class CameView(DebriefingActView):
    def act(self, meeting):
        debriefings.say_came(debriefing=meeting, peer=self.holder, came=self.request.POST.get("came") == "1")


class DebriefingRemoveView(DebriefingActView):
    def act(self, meeting):
        debriefings.remove(debriefing=meeting)
