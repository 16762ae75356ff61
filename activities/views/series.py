"""Sessions that repeat: a rhythm, a preview of its dates, and the drafts made from those that are kept."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View
from django.views.decorators.http import require_POST

from activities.days_off import known_until
from activities.forms.series import RepeatForm, read_days
from activities.models import Session
from activities.seasons import season_of
from activities.services import season_copies, series
from activities.services.recurrence import Rhythm, dates, in_words
from activities.views.coordination import CoordinationMixin, coordination_required
from cafe.errors import Refusal
from cafe.models import Portal

NOTHING = "Ces dates ont déjà leur séance : rien n’a été ajouté."


def school_context():
    """What the pages that offer dates say of the school calendar."""
    portal = Portal.load()
    return {"zone": portal.get_school_zone_display(), "known_until": known_until(portal.school_zone)}


def drafts_made(count):
    return f"{count} brouillons sont enregistrés." if count > 1 else "Un brouillon est enregistré."


class RepeatView(CoordinationMixin, View):
    """The rhythm is in the address (GET), what is kept of its dates is posted."""

    error = None

    @cached_property
    def session(self):
        return get_object_or_404(Session.objects.select_related("activity", "head"), slug=self.kwargs["slug"])

    def page(self, form, chosen=None):
        context = {"session": self.session, "form": form, "error": self.error, **school_context()}
        if form.is_bound and form.is_valid():
            context |= self.preview(form, chosen)
        return render(self.request, "activities/series/repeat.html", context)

    def preview(self, form, chosen):
        """Return the dates to tick, or the fields in which to type them."""
        first = timezone.localtime(self.session.starts_at).date()
        count = form.cleaned_data["nombre"]
        by_hand = form.rhythm == Rhythm.BY_HAND
        days = read_days(self.request.GET.getlist("jour")) if by_hand else dates(first, form.rhythm, count)[1:]
        plan = series.planned_dates(session=self.session, days=[day for day in days if day != first])
        for date in plan:
            date.ticked = date.available if chosen is None else timezone.localtime(date.starts_at).date() in chosen
        return {
            "plan": plan,
            "to_type": range(count - 1) if by_hand and not plan else (),
            "as_cycle": form.as_cycle,
            "rule": in_words(form.rhythm, first.weekday()),
        }

    def get(self, request, slug):
        self.error = series.why_not_repeated(self.session, as_cycle=self.session.followers.exists())
        return self.page(RepeatForm(request.GET if "rythme" in request.GET else None, session=self.session))

    def post(self, request, slug):
        form = RepeatForm(request.GET, session=self.session)
        days = read_days(request.POST.getlist("jour"))
        if not form.is_valid():
            return self.page(form)
        if not days:
            self.error = "Cochez au moins une date."
            return self.page(form, chosen=days)
        try:
            drafts = self.repeat(form, days)
        except Refusal as refusal:
            self.error = refusal.sentence
            return self.page(form, chosen=days)
        messages.success(request, f"{drafts_made(len(drafts))} Relisez-les, puis publiez-les." if drafts else NOTHING)
        return redirect("manage_session", slug)

    def repeat(self, form, days):
        weekday = timezone.localtime(self.session.starts_at).weekday()
        rule = in_words(form.rhythm, weekday)
        return series.repeat_session(
            session=self.session, days=days, rule=rule, as_cycle=form.as_cycle, by=self.request.user
        )


@coordination_required
@require_POST
def publish_together(request, slug):
    session = get_object_or_404(Session.objects.select_related("head"), slug=slug)
    try:
        count = series.publish_together(session=session, by=request.user)
    except Refusal as refusal:
        messages.error(request, f"{refusal.sentence} Rien n’est publié.")
    else:
        done = f"{count} séances sont publiées." if count > 1 else "La séance est publiée."
        messages.success(request, done if count else "Il n’y avait plus de brouillon à publier.")
    return redirect("manage_session", slug)


class SeasonCopyView(CoordinationMixin, View):
    """One season a page, the latest first; each session with the date the next season would give it."""

    def seasons(self):
        months = Session.objects.dates("starts_at", "month")
        return sorted({season_of(month) for month in months}, reverse=True)

    def season(self, seasons):
        asked = self.request.GET.get("saison", "")
        today = season_of(timezone.localdate())
        current = next((one for one in seasons if one <= today), seasons[-1] if seasons else None)
        return next((one for one in seasons if one.slug == asked), current)

    def get(self, request):
        seasons = self.seasons()
        season = self.season(seasons)
        copies = season_copies.planned_copies(season) if season else []
        context = {"seasons": seasons, "season": season, "copies": copies, **school_context()}
        context["next_season"] = season.next if season else None
        return render(request, "activities/series/season.html", context)

    def post(self, request):
        season = self.season(self.seasons())
        chosen = {int(pk) for pk in request.POST.getlist("seance") if pk.isascii() and pk.isdigit()}
        if season is None or not chosen:
            messages.error(request, "Cochez au moins une séance.")
            return redirect("manage_season_copy")
        drafts = season_copies.copy_season(season=season, chosen=chosen, by=request.user)
        messages.success(request, drafts_made(len(drafts)) if drafts else NOTHING)
        return redirect("manage_sessions")
