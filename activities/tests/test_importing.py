from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from activities.enums import Presence
from activities.models import Attendance, ImportDraft, Registration, Session
from activities.services.import_rows import Outcome, Purpose, examine
from activities.services.importing import choose_columns, import_draft, purge, start_import
from activities.tests.exports_of_google import BAD, csv_file, row, rows, xlsx_file
from activities.tests.factories import make_place, make_session, sign_up
from cafe.errors import Refusal
from cafe.models import Outgoing

pytestmark = pytest.mark.django_db
PAST = timedelta(days=-20)
WHOLE = 294  # 300 rows, 3 duplicates, 3 empty lines


def said(refusal):
    return refusal.value.sentence.replace("\u00a0", " ")


def start(session, upload, user):
    return start_import(session=session, upload=upload, user=user)


def outcomes(draft, purpose=Purpose.ATTENDANCES):
    given = {"headers": draft.headers, "rows": draft.rows, "columns": draft.columns}
    return examine(session=draft.session, purpose=purpose, **given)


def everything():
    tables = (Registration, Attendance, Session, Outgoing)
    return [list(model.objects.order_by("pk").values()) for model in tables]


@pytest.fixture
def held():
    return make_session(state=Session.State.HELD, starts_in=PAST)


@pytest.mark.parametrize(
    "upload",
    [
        csv_file,
        lambda: csv_file(delimiter=";", encoding="cp1252"),
        lambda: csv_file(delimiter="\t", encoding="utf-8-sig"),
        xlsx_file,
    ],
)
def test_preview_of_300_rows_names_the_bad_one_and_says_what_happens_to_each(held, coordinator, upload):
    draft = start(held, upload(), coordinator)

    found = outcomes(draft)

    assert Counter(one.outcome for one in found) == {
        Outcome.NEW: WHOLE - 1,
        Outcome.TWIN: 3,
        Outcome.EMPTY: 3,
        Outcome.ERROR: 1,
    }
    (bad,) = [one for one in found if one.errors]
    assert (bad.number, bad.full_name) == (BAD, f"Loïc {BAD} Garçon")
    assert [error.replace("\u00a0", " ") for error in bad.errors] == [
        "« zoe.chez.exemple.fr » n’est pas une adresse e-mail."
    ]
    assert next((one.number, one.notes) for one in found if one.outcome == Outcome.TWIN) == (
        51,
        ["Même personne qu’à la ligne 12."],
    )


def test_one_bad_row_blocks_all(held, coordinator):
    draft = start(held, csv_file(), coordinator)
    before = everything()

    with pytest.raises(Refusal) as refusal:
        import_draft(draft=draft, purpose=Purpose.ATTENDANCES, by=coordinator)

    assert said(refusal).startswith(f"Rien n’est importé. Ligne {BAD} : « zoe.chez.exemple.fr »")
    assert everything() == before


def test_the_bad_row_is_left_out_when_that_is_asked_for(held, coordinator):
    draft = start(held, csv_file(), coordinator)

    done = import_draft(draft=draft, purpose=Purpose.ATTENDANCES, by=coordinator, skip_errors=True)

    assert (done.added, done.present) == (WHOLE - 1, WHOLE - 1)
    assert Attendance.objects.filter(session=held, presence=Presence.PRESENT).count() == WHOLE - 1
    assert Outgoing.objects.count() == 0
    assert ImportDraft.objects.count() == 0


@pytest.mark.parametrize("upload", [csv_file, xlsx_file])
def test_a_second_time_changes_nothing(held, coordinator, upload):
    import_draft(draft=start(held, upload(rows(bad=False)), coordinator), purpose=Purpose.ATTENDANCES, by=coordinator)
    before = everything()

    again = start(held, upload(rows(bad=False)), coordinator)
    done = import_draft(draft=again, purpose=Purpose.ATTENDANCES, by=coordinator)

    assert (done.added, done.waiting, done.present) == (0, 0, 0)
    assert everything() == before
    assert held.registrations.count() == WHOLE


def test_accents_dates_professions_and_membership_are_kept(held, coordinator):
    table = [
        ["21/09/2023 18:04:12", "ZOE@Cafe.Example ", "Lefèvre", "Zoé", "IDE libérale", "612345678", "Oui, depuis 2021"],
        ["2023-09-20 08:00:00", "noel@cafe.example", "D’Hœr", "Noël", "Naturopathe", "", "Non"],
    ]
    draft = start(held, csv_file(table), coordinator)

    import_draft(draft=draft, purpose=Purpose.REGISTRATIONS, by=coordinator)

    fields = ["number", "email", "last_name", "profession", "phone", "cpts_member", "created_at", "state"]
    assert list(held.registrations.order_by("number").values_list(*fields)) == [
        (
            *(1, "noel@cafe.example", "D’Hœr", "autre", "", False),
            *(datetime(2023, 9, 20, 6, 0, tzinfo=UTC), "confirmed"),
        ),
        (
            *(2, "zoe@cafe.example", "Lefèvre", "infirmier", "0612345678", True),
            *(datetime(2023, 9, 21, 16, 4, 12, tzinfo=UTC), "confirmed"),
        ),
    ]
    assert Attendance.objects.count() == 0


def test_who_registered_here_is_marked_present_and_not_doubled(coordinator, outbox):
    session = make_session()
    known, gone = sign_up(session, "reponse2@cafe.example"), sign_up(session, "reponse3@cafe.example")
    gone.state, gone.cancelled_at, gone.cancel_reason = "cancelled", timezone.now(), "person"
    gone.save()
    Session.objects.filter(pk=session.pk).update(starts_at=timezone.now() + PAST)
    draft = start(session, csv_file([row(2), row(3)]), coordinator)

    done = import_draft(draft=draft, purpose=Purpose.ATTENDANCES, by=coordinator)

    assert (done.added, done.present) == (1, 2)
    assert sorted(session.registrations.values_list("email", "state")) == [
        ("reponse2@cafe.example", "confirmed"),
        ("reponse3@cafe.example", "cancelled"),
        ("reponse3@cafe.example", "confirmed"),
    ]
    assert known.attendances.get().presence == Presence.PRESENT
    session.refresh_from_db()
    assert (session.state, session.moved_by) == (Session.State.HELD, coordinator)


def test_people_without_an_address_are_told_by_name_and_profession(held, coordinator):
    headers = ["Nom et prénom", "Profession"]
    table = [["DUPONT Marie", "IDE"], ["Marie Dupont", "infirmière"], ["Dupont Marie", "kiné"], ["Le Goff Anne", "MG"]]
    for _ in range(2):
        draft = start(held, csv_file(table, headers=headers), coordinator)
        import_draft(draft=draft, purpose=Purpose.ATTENDANCES, by=coordinator)

    people = held.registrations.order_by("number").values_list("first_name", "last_name", "profession")
    assert list(people) == [
        ("Marie", "DUPONT", "infirmier"),
        ("Marie", "Dupont", "kinesitherapeute"),
        ("Anne", "Le Goff", "medecin-generaliste"),
    ]
    assert Attendance.objects.filter(session=held).count() == 3


def test_a_registration_demands_an_address(held, coordinator):
    draft = start(held, csv_file([["Marie", "Dupont"]], headers=["Prénom", "Nom"]), coordinator)

    with pytest.raises(Refusal, match="colonne de l’adresse"):
        import_draft(draft=draft, purpose=Purpose.REGISTRATIONS, by=coordinator)


def test_a_session_to_come_fills_in_the_order_of_answers_then_queues(coordinator, outbox):
    session = make_session(capacity=2)
    sign_up(session, "premiere@cafe.example")
    table = [row(5), row(2), row(3)]
    draft = start(session, csv_file(table), coordinator)

    done = import_draft(draft=draft, purpose=Purpose.REGISTRATIONS, by=coordinator, mail_people=True)

    assert (done.added, done.waiting, done.present) == (3, 2, 0)
    assert list(session.registrations.order_by("number").values_list("number", "email", "state")) == [
        (1, "premiere@cafe.example", "confirmed"),
        (2, "reponse2@cafe.example", "confirmed"),
        (3, "reponse3@cafe.example", "waiting"),
        (4, "reponse5@cafe.example", "waiting"),
    ]
    mails = [mail for mail in outbox.deliver() if "reponse" in mail.to[0]]
    assert [(mail.to, "place est réservée" in mail.body, "/inscription/" in mail.body) for mail in mails] == [
        (["reponse2@cafe.example"], True, True),
        (["reponse3@cafe.example"], False, True),
        (["reponse5@cafe.example"], False, True),
    ]


def test_no_mail_leaves_unless_it_is_asked_for(coordinator):
    session = make_session(capacity=20)

    import_draft(draft=start(session, csv_file([row(2)]), coordinator), purpose=Purpose.REGISTRATIONS, by=coordinator)

    assert (session.registrations.count(), Outgoing.objects.count()) == (1, 0)


def test_who_cancelled_is_not_registered_again(coordinator, outbox):
    session = make_session()
    gone = sign_up(session, "reponse2@cafe.example")
    Registration.objects.filter(pk=gone.pk).update(
        state="cancelled", cancelled_at=timezone.now(), cancel_reason="person"
    )

    draft = start(session, csv_file([row(2)]), coordinator)
    done = import_draft(draft=draft, purpose=Purpose.REGISTRATIONS, by=coordinator)

    assert (done.added, session.registrations.get().state) == (0, "cancelled")


def test_a_draft_with_a_past_date_becomes_held_once_people_came(coordinator):
    session = make_session(state=Session.State.DRAFT, starts_in=PAST)

    import_draft(draft=start(session, csv_file([row(2)]), coordinator), purpose=Purpose.ATTENDANCES, by=coordinator)

    session.refresh_from_db()
    assert session.state == Session.State.HELD


def test_a_draft_without_a_place_is_not_held_and_nothing_is_written(coordinator):
    session = make_session(state=Session.State.DRAFT, starts_in=PAST, place=None)
    draft = start(session, csv_file([row(2)]), coordinator)

    with pytest.raises(Refusal, match="indiquez un lieu"):
        import_draft(draft=draft, purpose=Purpose.ATTENDANCES, by=coordinator)

    assert (session.registrations.count(), ImportDraft.objects.count()) == (0, 1)


def test_nobody_came_to_a_session_to_come(coordinator):
    draft = start(make_session(), csv_file([row(2)]), coordinator)

    with pytest.raises(Refusal, match="pas encore eu lieu"):
        import_draft(draft=draft, purpose=Purpose.ATTENDANCES, by=coordinator)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"state": Session.State.CANCELLED}, "annulée"),
        ({"state": Session.State.DRAFT}, "Publiez d’abord"),
    ],
)
def test_nothing_is_imported_into_a_cancelled_session_nor_a_draft_to_come(coordinator, fields, sentence):
    with pytest.raises(Refusal, match=sentence):
        start(make_session(**fields), csv_file(), coordinator)


def test_a_session_whose_names_were_forgotten_takes_no_import(held, coordinator):
    import_draft(draft=start(held, csv_file([row(2)]), coordinator), purpose=Purpose.ATTENDANCES, by=coordinator)
    held.registrations.update(anonymised_at=timezone.now(), email="")

    with pytest.raises(Refusal, match="effacés avec le temps"):
        start(held, csv_file([row(2)]), coordinator)


def test_the_sessions_of_a_cycle_share_their_registrations(coordinator):
    head = make_session(state=Session.State.HELD, starts_in=PAST)
    second = make_session(state=Session.State.HELD, starts_in=PAST + timedelta(days=7), head=head, place=make_place())
    for session in (head, second):
        draft = start(session, csv_file([row(2), row(3)]), coordinator)
        import_draft(draft=draft, purpose=Purpose.ATTENDANCES, by=coordinator)

    assert (head.registrations.count(), second.registrations.count()) == (2, 0)
    assert Counter(Attendance.objects.values_list("session", flat=True)) == {head.pk: 2, second.pk: 2}


def test_corrected_columns_are_used(held, coordinator):
    headers = ["A", "B", "C"]
    draft = start(held, csv_file([["Petit", "Louise", "l@cafe.example"]], headers=headers), coordinator)
    assert draft.columns == {}

    choose_columns(draft=draft, columns={"last_name": 0, "first_name": 1, "email": 2})
    import_draft(draft=draft, purpose=Purpose.ATTENDANCES, by=coordinator)

    assert held.registrations.values_list("first_name", "last_name", "email").get() == (
        "Louise",
        "Petit",
        "l@cafe.example",
    )


def test_a_file_that_waits_is_forgotten_the_next_day(held, coordinator, time_machine):
    start(held, csv_file(), coordinator)
    time_machine.move_to(timezone.now() + timedelta(hours=25))

    assert purge(timezone.now(), dry_run=True) == ["Fichiers d’import en attente depuis un jour, effacés\u00a0: 1."]
    assert ImportDraft.objects.count() == 1
    purge(timezone.now(), dry_run=False)
    assert ImportDraft.objects.count() == 0


def test_importing_the_same_draft_twice_says_that_it_is_gone(held, coordinator):
    draft = start(held, csv_file([row(2)]), coordinator)
    stale = ImportDraft.objects.get(pk=draft.pk)
    import_draft(draft=draft, purpose=Purpose.ATTENDANCES, by=coordinator)

    with pytest.raises(Refusal, match="n’attend plus"):
        import_draft(draft=stale, purpose=Purpose.ATTENDANCES, by=coordinator)
