import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone

from activities.enums import ActivityKind, SessionState
from activities.models import Session
from cafe.lists import ListFilter

UPCOMING, PAST = "a-venir", "passees"
PERIODS = [(UPCOMING, "À venir"), (PAST, "Passées")]
ORDERS = [
    ("-starts_at", "date, la plus lointaine d’abord"),
    ("starts_at", "date, la plus proche d’abord"),
    ("activity__title", "activité"),
    ("place__name", "lieu"),
    ("state", "état"),
    ("-confirmed", "inscrits, le plus grand nombre d’abord"),
    ("-waiting", "attente, le plus grand nombre d’abord"),
]


class SessionFilter(ListFilter):
    """Search, filters and order of the coordination's list of sessions, all in the address of the page."""

    folded = ("nature", "du", "au", "tri")

    q = django_filters.CharFilter(label="Chercher", method="search", max_length=200)
    etat = django_filters.ChoiceFilter(
        label="État", field_name="state", choices=SessionState.choices, empty_label="Tous"
    )
    nature = django_filters.ChoiceFilter(
        label="Nature", field_name="activity__kind", choices=ActivityKind.choices, empty_label="Toutes"
    )
    periode = django_filters.ChoiceFilter(label="Période", method="in_period", choices=PERIODS, empty_label="Toutes")
    du = django_filters.DateFilter(
        label="Du", field_name="starts_at__date", lookup_expr="gte", widget=forms.DateInput(attrs={"type": "date"})
    )
    au = django_filters.DateFilter(
        label="Au", field_name="starts_at__date", lookup_expr="lte", widget=forms.DateInput(attrs={"type": "date"})
    )
    tri = django_filters.ChoiceFilter(label="Trier par", method="in_order", choices=ORDERS, empty_label=None)

    class Meta:
        model = Session
        fields = []

    def search(self, queryset, name, value):
        """Every word is looked for in the title, the place, its commune, the facilitator and the hosts' names."""
        for word in value.split():
            hosted = Session.objects.filter(Q(hosts__last_name__icontains=word) | Q(hosts__first_name__icontains=word))
            queryset = queryset.filter(
                Q(activity__title__icontains=word)
                | Q(place__name__icontains=word)
                | Q(place__commune__icontains=word)
                | Q(facilitator__name__icontains=word)
                | Q(pk__in=hosted.values("pk"))
            )
        return queryset

    def in_period(self, queryset, name, value):
        now = timezone.now()
        return queryset.filter(starts_at__gt=now) if value == UPCOMING else queryset.filter(starts_at__lte=now)

    def in_order(self, queryset, name, value):
        return queryset.order_by(value, "starts_at", "pk")
