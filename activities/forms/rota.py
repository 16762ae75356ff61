"""What the team says of its evenings, and the rota that the coordination makes of it."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from activities.enums import Availability
from activities.forms.coordination_fields import LocalDateTimeField
from activities.models import MAX_HOSTS, Absence, HostAvailability, TeamEvent
from cafe.text import without_controls

UNANSWERED = "n’a pas répondu"


class AnswersForm(forms.Form):
    """One choice of three for each session; a session left alone keeps what was answered before, if anything."""

    def __init__(self, *args, sessions, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.sessions = list(sessions)
        given = HostAvailability.objects.filter(user=user, session__in=self.sessions)
        self.given = dict(given.values_list("session_id", "answer"))
        for session in self.sessions:
            self.fields[f"s{session.pk}"] = forms.ChoiceField(
                label="Votre réponse",
                choices=Availability.choices,
                required=False,
                widget=forms.RadioSelect,
                initial=self.given.get(session.pk),
                error_messages={"invalid_choice": "Choisissez oui, s’il le faut ou non."},
            )

    def rows(self):
        """Return [(session, its field, whether it waits for an answer)]."""
        return [(session, self[f"s{session.pk}"], session.pk not in self.given) for session in self.sessions]

    def answers(self):
        found = {session.pk: self.cleaned_data.get(f"s{session.pk}") for session in self.sessions}
        return {pk: Availability(answer) for pk, answer in found.items() if answer}


class DayInput(forms.DateInput):
    def __init__(self):
        super().__init__(attrs={"type": "date"}, format="%Y-%m-%d")


class AbsenceForm(forms.ModelForm):
    class Meta:
        model = Absence
        fields = ["first_day", "last_day"]
        widgets = {"first_day": DayInput(), "last_day": DayInput()}
        labels = {"first_day": "Du", "last_day": "Au"}

    def clean_last_day(self):
        last_day = self.cleaned_data["last_day"]
        if last_day < timezone.localdate():
            raise ValidationError("Cette absence est déjà passée.")
        return last_day


class WithdrawForm(forms.Form):
    word = forms.CharField(
        label="Un mot à l’équipe",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Sans raison à donner : « désolé, je suis de garde » suffit, ou rien.",
    )

    def clean_word(self):
        return without_controls(" ".join(self.cleaned_data["word"].split()))


class TeamEventForm(forms.ModelForm):
    starts_at = LocalDateTimeField(label="Début")

    class Meta:
        model = TeamEvent
        fields = ["kind", "title", "starts_at", "minutes", "place"]
        help_texts = {
            "title": "Par exemple : préparer la saison.",
            "place": "Une salle, ou une adresse de visioconférence.",
        }


class RotaForm(forms.Form):
    """Two selects for each session to come, and its hosts as they were when the page was shown."""

    def __init__(self, *args, sheet, choices=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        self.proposed = {}
        for choice in choices:
            self.proposed.setdefault(choice.evening, []).append(choice)
        self.people = {member.pk: member for member in sheet.members}
        for session in sheet.sessions:
            self.people |= {hosting.user_id: hosting.user for hosting in session.hostings.all()}
        for session in sheet.sessions:
            self._add_fields(session)

    def _add_fields(self, session):
        current = [hosting.user_id for hosting in session.hostings.all()]
        wanted = [*current, *(choice.member for choice in self.proposed.get(session.pk, ()))]
        options = [("", "Personne"), *self._options(session, current)]
        for rank in range(1, MAX_HOSTS + 1):
            self.fields[f"h{session.pk}_{rank}"] = forms.TypedChoiceField(
                label="Référent" if rank == 1 else "Second référent",
                choices=options,
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.Select(attrs={"class": "form-select"}),
                initial=wanted[rank - 1] if len(wanted) >= rank else "",
            )
        self.fields[f"seen{session.pk}"] = forms.CharField(
            label="Référents vus", widget=forms.HiddenInput, required=False, initial=",".join(map(str, current))
        )

    def _options(self, session, current):
        """Members, and hosts who have left the team, each with what is known of her for this session."""
        for pk, person in self.people.items():
            if pk in current or person in self.sheet.members:
                yield pk, f"{person.get_full_name()} ({self.standing(session, person)})"

    def standing(self, session, person):
        """Return « accueille », « absence », « oui », « s’il le faut », « non » or « n’a pas répondu »."""
        if person.pk in {hosting.user_id for hosting in session.hostings.all()}:
            return "accueille"
        if self.sheet.is_absent(person, session):
            return "absence"
        answer = self.sheet.answers.get((session.pk, person.pk))
        return Availability(answer).label.lower() if answer else UNANSWERED

    def rows(self):
        """Return what each session's block shows: its fields, and the reasons of what is proposed for it."""
        return [
            {
                "session": session,
                "seats": [self[f"h{session.pk}_{rank}"] for rank in range(1, MAX_HOSTS + 1)],
                "seen": self[f"seen{session.pk}"],
                "reasons": [(self.people[one.member], one.reason) for one in self.proposed.get(session.pk, ())],
                "withdrawals": session.withdrawals.all(),
            }
            for session in self.sheet.sessions
        ]

    def table(self):
        """Return [(session, [standing of each member])]."""
        members = self.sheet.members
        return [(session, [self.standing(session, one) for one in members]) for session in self.sheet.sessions]

    def clean(self):
        for session in self.sheet.sessions:
            first, second = (self.cleaned_data.get(f"h{session.pk}_{rank}") for rank in (1, 2))
            if first and first == second:
                self.add_error(f"h{session.pk}_2", "C’est déjà le premier référent.")
        return super().clean()

    def changes(self):
        """Return what the service takes: the sessions whose hosts are not as they were seen."""
        found = []
        for session in self.sheet.sessions:
            picked = [self.cleaned_data[f"h{session.pk}_{rank}"] for rank in range(1, MAX_HOSTS + 1)]
            hosts = [self.people[pk] for pk in picked if pk]
            seen = [int(pk) for pk in self.cleaned_data[f"seen{session.pk}"].split(",") if pk.isdecimal()]
            if seen != [host.pk for host in hosts]:
                found.append((session, seen, hosts))
        return found
