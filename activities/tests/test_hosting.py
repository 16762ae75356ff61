"""Who hosts: answers, the rota that is kept, who drops out, and the monthly question."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from activities import todo
from activities.models import Absence, HostAvailability, HostWithdrawal, Session
from activities.services import hosting, planning, seating, team_data
from activities.services.series import repeat_session
from activities.tests.factories import make_activity, make_session
from cafe.errors import Refusal
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
State = Session.State


def member(name, **fields):
    return make_user(role=Role.TEAM, first_name=name, last_name="", email=f"{name.lower()}@cafe.example", **fields)


@pytest.fixture
def team(clock):
    """Three members; the day is Tuesday 3 March 2026."""
    return [member(name) for name in ("Anne", "Basile", "Clara")]


@pytest.fixture
def yoga(clock):
    activity = make_activity(title="Yoga")
    return lambda **fields: make_session(activity=activity, **fields)


def refused(service, **arguments):
    with pytest.raises(Refusal) as refusal:
        service(**arguments)
    return refusal.value.sentence.replace("\u00a0", " ")


def hosts(session):
    return [one.user.first_name for one in session.hostings.select_related("user").order_by("rank")]


def answer(session, user, said="yes"):
    HostAvailability.objects.create(session=session, user=user, answer=said)


def proposed():
    """Return what is proposed, by first name: [(session key, name, reason)]."""
    sheet = hosting.Sheet()
    names = {one.pk: one.first_name for one in sheet.members}
    return [(one.evening, names[one.member], one.reason.replace("\u00a0", " ")) for one in sheet.proposal()]


# --- answers --------------------------------------------------------------------------------------


def test_an_answer_is_kept_and_may_change(team, yoga):
    session = yoga(state=State.DRAFT)

    hosting.answer_sessions(user=team[0], answers={session.pk: "maybe"})
    hosting.answer_sessions(user=team[0], answers={session.pk: "no"})

    assert list(HostAvailability.objects.values_list("user", "session", "answer")) == [(team[0].pk, session.pk, "no")]


def test_one_answers_for_sessions_to_come_that_lack_a_host_and_are_not_ones_own(team, yoga):
    mine, full = yoga(hosts=team[:1]), yoga(hosts=team[1:])
    past, cancelled = yoga(starts_in=timedelta(hours=-1)), yoga(state=State.CANCELLED)
    half, empty = yoga(hosts=team[1:2]), yoga(state=State.DRAFT)
    keys = [one.pk for one in (mine, full, past, cancelled, half, empty)]

    hosting.answer_sessions(user=team[0], answers=dict.fromkeys(keys, "yes"))

    assert set(HostAvailability.objects.values_list("session", flat=True)) == {half.pk, empty.pk}


# --- the proposal reads what is true --------------------------------------------------------------


def test_turns_are_those_of_twelve_months_and_those_planned_cancelled_ones_left_out(team, yoga):
    anne, basile, clara = team
    yoga(hosts=[anne], state=State.HELD, starts_in=timedelta(days=-364))
    yoga(hosts=[anne], state=State.HELD, starts_in=timedelta(days=-366))
    yoga(hosts=[basile], state=State.CANCELLED, starts_in=timedelta(days=-30))
    yoga(hosts=[clara, anne], state=State.DRAFT, starts_in=timedelta(days=60))
    session = yoga()
    for one in team:
        answer(session, one)

    assert proposed() == [
        (session.pk, "Basile", "aucune soirée, disponible, la moins sollicitée des personnes disponibles"),
        (session.pk, "Clara", "1 soirée, disponible, la moins sollicitée des autres personnes disponibles"),
    ]


def test_neither_the_absent_nor_those_engaged_that_evening_are_proposed(team, yoga):
    anne, basile, clara = team
    session = yoga(starts_in=timedelta(days=10))
    yoga(hosts=[basile, clara], starts_in=timedelta(days=10, hours=-3))
    Absence.objects.create(user=anne, first_day=date(2026, 3, 13), last_day=date(2026, 3, 13))
    for one in team:
        answer(session, one)

    assert proposed() == []


def test_hosts_already_there_stay_and_only_the_free_seat_is_proposed(team, yoga):
    session = yoga(hosts=[team[2]])
    answer(session, team[1])

    assert proposed() == [(session.pk, "Basile", "aucune soirée, disponible, seule autre personne disponible")]


# --- keeping a rota -------------------------------------------------------------------------------


def test_a_rota_is_kept_whole_and_each_person_is_told_what_changes_for_her(team, yoga, outbox):
    anne, basile, clara = team
    first, second = yoga(hosts=[anne]), yoga(starts_in=timedelta(days=20))

    told = hosting.save_rota(changes=[(first, [anne.pk], [basile]), (second, [], [basile, clara])])

    assert (hosts(first), hosts(second), told) == (["Basile"], ["Basile", "Clara"], 3)
    mails = {mail.to[0]: mail for mail in outbox.deliver()}
    subjects = {to: mail.subject.replace("\u00a0", " ") for to, mail in mails.items()}
    assert subjects == {
        "anne@cafe.example": "Vos soirées d’accueil",
        "basile@cafe.example": "Vos soirées d’accueil",
        "clara@cafe.example": "Vous accueillez : Yoga, lundi 23 mars 2026",
    }
    assert "Cette séance n’est plus la vôtre" in mails["anne@cafe.example"].body
    assert "Vous accueillez ces séances" in mails["basile@cafe.example"].body


def test_a_rota_prepared_on_hosts_that_have_changed_is_refused_whole(team, yoga, outbox):
    anne, basile, clara = team
    first, second = yoga(), yoga(starts_in=timedelta(days=20))
    seating.set_hosts(session=second, hosts=[clara])

    sentence = refused(hosting.save_rota, changes=[(first, [], [anne]), (second, [], [basile])])

    assert sentence.startswith("La répartition a changé pendant que vous la prépariez.")
    assert (hosts(first), hosts(second), outbox.rows) == ([], ["Clara"], [])


def test_nobody_is_given_two_sessions_of_one_date(team, yoga):
    anne = team[0]
    noon = yoga(hosts=[anne], starts_in=timedelta(days=10, hours=-3))
    night = yoga(starts_in=timedelta(days=10))

    sentence = refused(hosting.save_rota, changes=[(night, [], [anne])])

    assert sentence == (
        "Anne accueillerait deux séances le vendredi 13 mars 2026 : choisissez quelqu’un d’autre pour l’une."
    )
    assert (hosts(noon), hosts(night)) == (["Anne"], [])


# --- dropping out ---------------------------------------------------------------------------------


def test_dropping_out_frees_the_seat_and_tells_the_team_and_the_coordination(team, yoga, outbox):
    anne, basile, _ = team
    make_user(role=Role.COORDINATION, email="coordination@cafe.example")
    make_user(roles=[Role.TEAM, Role.COORDINATION], email="les-deux@cafe.example")
    make_user(role=Role.TEAM, email="partie@cafe.example", is_active=False)
    make_user(role=Role.BOARD)
    session = yoga(hosts=[anne, basile])

    hosting.withdraw(session=session, user=anne, word="De garde ce soir-là.")

    assert list(session.hostings.values_list("user", "rank")) == [(basile.pk, 1)]
    assert HostAvailability.objects.get(user=anne).answer == "no"
    mails = {mail.to[0]: mail for mail in outbox.deliver()}
    assert sorted(mails) == [
        "basile@cafe.example",
        "clara@cafe.example",
        "coordination@cafe.example",
        "les-deux@cafe.example",
    ]
    body = mails["clara@cafe.example"].body.replace("\u00a0", " ")
    assert "Son mot : « De garde ce soir-là. »" in body
    assert "Basile reste référent." in body
    assert "/equipe/" in body
    assert "/coordination/rota/" in mails["les-deux@cafe.example"].body


def test_the_alarm_lasts_until_somebody_hosts_again(team, yoga, outbox):
    anne, basile, _ = team
    session = yoga(hosts=[anne], starts_in=timedelta(days=20), capacity=1)

    def alarms():
        return [line.sentence.replace("\u00a0", " ") for line in todo.lines() if "accueille" in line.sentence]

    hosting.withdraw(session=session, user=anne)
    before = alarms()
    seating.set_hosts(session=session, hosts=[basile])

    assert before == ["« Yoga », lundi 23 mars 2026 : un référent s’est désisté, plus personne n’accueille."]
    assert alarms() == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"starts_in": timedelta(hours=-1)}, "Cette séance n’est plus à venir : il n’y a rien à changer."),
        ({"state": State.CANCELLED}, "Cette séance n’est plus à venir : il n’y a rien à changer."),
    ],
)
def test_nobody_drops_out_of_what_is_over(team, yoga, outbox, fields, sentence):
    session = yoga(hosts=team[:1], **fields)

    assert refused(hosting.withdraw, session=session, user=team[0]) == sentence
    assert (hosts(session), outbox.rows) == (["Anne"], [])


def test_one_drops_out_of_ones_own_session_once(team, yoga, outbox):
    session = yoga(hosts=team[:1])
    hosting.withdraw(session=session, user=team[0])
    written = len(outbox.rows)

    sentence = refused(hosting.withdraw, session=session, user=team[0])

    assert (sentence, len(outbox.rows)) == ("Vous n’accueillez pas cette séance.", written)


# --- the session's form ---------------------------------------------------------------------------


def told(outbox):
    return [(row.to, row.subject) for row in outbox.rows if row.dedupe_key.startswith("rota:")]


def test_the_session_s_form_refuses_two_sessions_on_one_date_as_the_rota_does(team, yoga):
    anne = team[0]
    taken, other = yoga(hosts=[anne]), yoga(state=State.DRAFT)
    sentence = "Anne accueillerait deux séances le vendredi 13 mars 2026 : choisissez quelqu’un d’autre pour l’une."
    fields = {"activity": taken.activity, "starts_at": taken.starts_at + timedelta(hours=3)}
    later = yoga(hosts=[anne], starts_in=timedelta(days=20))

    refusals = [
        refused(planning.create_session, values=fields, hosts=[anne]),
        refused(planning.update_session, session=other, values={}, hosts=[anne]),
        refused(planning.update_session, session=later, values={"starts_at": fields["starts_at"]}),
    ]

    assert refusals == [sentence] * 3
    assert (hosts(taken), hosts(other), Session.objects.count()) == (["Anne"], [], 3)


def test_hosts_chosen_on_the_session_s_form_are_told_once(team, outbox, clock):
    anne, basile, _ = team
    fields = {"activity": make_activity(title="Tai-chi"), "starts_at": timezone.now() + timedelta(days=30)}

    draft = planning.create_session(values=fields, hosts=[anne])
    planning.update_session(session=draft, values={"note": "Par la cour."}, hosts=[anne])
    clock.shift(timedelta(minutes=5))
    planning.update_session(session=draft, values={}, hosts=[basile])

    assert [to for to, _ in told(outbox)] == ["anne@cafe.example", "basile@cafe.example", "anne@cafe.example"]


def test_a_session_that_was_held_may_get_its_hosts_afterwards_without_a_mail(team, yoga, outbox):
    past = {"state": State.HELD, "starts_in": timedelta(days=-3)}
    first, second = yoga(hosts=[team[0]], **past), yoga(**past)

    planning.update_session(session=second, values={}, hosts=[team[0]])

    assert (hosts(first), hosts(second), told(outbox)) == (["Anne"], ["Anne"], [])


def test_the_hosts_of_a_new_cycle_are_told_of_its_dates_in_one_mail(team, yoga, outbox, coordinator):
    session = yoga(state=State.DRAFT, hosts=team[:2])
    days = [timezone.localdate(session.starts_at) + timedelta(days=7 * step) for step in (1, 2, 3)]

    drafts = repeat_session(session=session, days=days, rule="", as_cycle=True, by=coordinator)

    assert [hosts(draft) for draft in drafts] == [["Anne", "Basile"]] * 3
    assert sorted(to for to, _ in told(outbox)) == ["anne@cafe.example", "basile@cafe.example"]


# --- the monthly question -------------------------------------------------------------------------


def test_those_with_unanswered_sessions_are_asked_once_a_month(team, yoga, outbox, clock):
    _, basile, clara = team
    first, second = yoga(hosts=[basile]), yoga(state=State.DRAFT, starts_in=timedelta(days=60))
    answer(second, basile)
    answer(first, clara, "no")
    answer(second, clara, "no")

    counts = [hosting.ask_for_answers(), hosting.ask_for_answers()]
    clock.move_to(timezone.now() + timedelta(days=31), tick=False)
    counts.append(hosting.ask_for_answers())

    assert counts == [1, 0, 1]
    first_mail, second_mail = outbox.deliver()
    assert (first_mail.to, first_mail.subject) == (["anne@cafe.example"], "Des soirées attendent votre réponse")
    assert (second_mail.to, second_mail.subject) == (["anne@cafe.example"], "Une soirée attend votre réponse")


# --- personal data --------------------------------------------------------------------------------


def test_a_member_gets_her_part_back(team, yoga):
    anne = team[0]
    session = yoga(hosts=[anne])
    Absence.objects.create(user=anne, first_day=date(2026, 3, 5), last_day=date(2026, 3, 6))
    answer(yoga(), anne, "maybe")

    part = team_data.export(anne)

    assert (part["soirees"], part["absences"], [one["reponse"] for one in part["disponibilites"]]) == (
        [str(session)],
        [{"du": "2026-03-05", "au": "2026-03-06"}],
        ["S’il le faut"],
    )


def test_erasing_a_host_frees_her_seats_and_tells_the_others(team, yoga, outbox):
    anne = team[0]
    coming, held = yoga(hosts=[anne]), yoga(hosts=[anne], state=State.HELD, starts_in=timedelta(days=-9))

    team_data.erase(anne)

    assert (hosts(coming), hosts(held)) == ([], ["Anne"])
    assert sorted(row.to for row in outbox.rows) == ["basile@cafe.example", "clara@cafe.example"]
    assert not HostAvailability.objects.exists()


def test_answers_and_absences_are_forgotten_after_a_year(team, yoga):
    anne = team[0]
    old, recent = yoga(starts_in=timedelta(days=-366)), yoga()
    answer(old, anne)
    answer(recent, anne)
    HostWithdrawal.objects.create(session=old, user=anne)
    for day in (date(2025, 3, 1), date(2025, 3, 4)):
        Absence.objects.create(user=anne, first_day=day, last_day=day)

    dry = team_data.purge(timezone.now(), dry_run=True)
    done = team_data.purge(timezone.now(), dry_run=False)

    assert dry == done == ["Absences et réponses de l’équipe de plus de 12 mois effacées\u00a0: 3."]
    assert (HostAvailability.objects.count(), Absence.objects.count(), HostWithdrawal.objects.count()) == (1, 1, 0)
