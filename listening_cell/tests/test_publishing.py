"""The one publication of a year: what the referent is shown, what is frozen, and that no slip is left behind it."""

import json
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cafe.errors import Refusal
from listening_cell import counting, vault
from listening_cell.enums import AuditAction
from listening_cell.forms.slips import SlipForm, proposed
from listening_cell.models import CaseEnvelope, CellAudit, CellSettings, Publication, Slip
from listening_cell.services import audit, files, keys, publishing, sessions, slips
from listening_cell.services.casework import Request
from listening_cell.tests.factories import make_case, make_cell, make_peer
from listening_cell.tests.slips import USUAL, keep_slips
from listening_cell.views.spaces import COOKIE

pytestmark = pytest.mark.django_db(transaction=True)
JANUARY = date(2027, 1, 15)
LIST, PREVIEW, PUBLISH = (reverse(f"cell_{name}") for name in ("publications", "publication_preview", "publish"))
NURSES, PHYSICIANS = "Infirmiers, aides-soignants, auxiliaires", "Médecins"


@pytest.fixture(autouse=True)
def in_january():
    with time_machine.travel(datetime(2027, 1, 15, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def cell():
    return make_cell()


@pytest.fixture
def hand(cell):
    return {"referent": cell.referent, "private": cell.private}


@pytest.fixture
def referent(client, cell):
    """The referent's browser, with the space open."""
    open_space(client, cell)
    return client


def open_space(client, cell):
    client.force_login(cell.referent.user)
    client.cookies[COOKIE] = sessions.open_space(sessions.Space("referent", cell.referent.pk, cell.private))


def table(tables, key):
    rows = next(one["rows"] for one in tables["lists"] if one["key"] == key)
    return {row["label"]: row["count"] for row in rows}


def texts(response):
    return " ".join(response.content.decode().split())


# --- Counting, freezing, deleting -----------------------------------------------------------------


def test_a_publication_counts_what_waits_then_nothing_waits(hand):
    keep_slips(15)
    keep_slips(14, profession="medecins")
    keep_slips(12, profession="etudiants")

    publication = publishing.publish(**hand)

    assert (publication.year, publication.tables["total"]) == (2026, 41)
    assert table(publication.tables, "profession") == {PHYSICIANS: 14, NURSES: 15, "Autres": 12}
    assert Publication.objects.get().tables == publication.tables
    assert Slip.objects.count() == 0
    assert CellAudit.objects.latest("seq").action == AuditAction.PUBLISH


def test_what_is_published_is_what_was_shown(hand):
    keep_slips(11)
    shown = publishing.preview(**hand)

    assert Publication.objects.exists() is False
    assert publishing.publish(**hand).tables == shown.tables


def test_below_eleven_slips_nothing_is_published_nor_said_of_how_many_wait(hand):
    keep_slips(10)

    for act in (publishing.preview, publishing.publish):
        with pytest.raises(Refusal) as refusal:
            act(**hand)
        assert refusal.value.sentence == publishing.TOO_FEW
        assert "10" not in refusal.value.sentence
    assert (Slip.objects.count(), Publication.objects.count()) == (10, 0)


def test_slips_too_few_one_year_are_counted_the_next(hand):
    keep_slips(10)
    with pytest.raises(Refusal):
        publishing.publish(**hand)
    keep_slips(5)

    with time_machine.travel(datetime(2028, 1, 10, tzinfo=UTC), tick=False):
        publication = publishing.publish(**hand)

    assert (publication.year, publication.tables["total"]) == (2027, 15)


def test_a_year_is_published_once(hand):
    keep_slips(11)
    publishing.publish(**hand)
    keep_slips(11)

    with pytest.raises(Refusal, match="Les chiffres de 2026 sont déjà publiés"):
        publishing.publish(**hand)
    assert Slip.objects.count() == 11


def test_each_slip_is_counted_in_one_publication_alone(hand):
    keep_slips(13)
    publishing.publish(**hand)
    keep_slips(11)

    with time_machine.travel(datetime(2028, 1, 10, tzinfo=UTC), tick=False):
        publishing.publish(**hand)

    assert [(one.year, one.tables["total"]) for one in Publication.objects.order_by("year")] == [(2026, 13), (2027, 11)]


def test_looking_twice_tells_nothing_of_the_case_closed_in_between(hand):
    keep_slips(11)
    first = publishing.preview(**hand)
    keep_slips(1, profession="medecins")

    assert publishing.preview(**hand) == first
    assert publishing.publish(**hand).tables == first.tables
    assert Slip.objects.count() == 1


def test_what_was_shown_and_forgotten_is_published_before_anything_is_added_to_it(hand):
    keep_slips(11)
    publishing.preview(**hand)
    keep_slips(11)

    with time_machine.travel(datetime(2028, 2, 1, tzinfo=UTC), tick=False):
        late, next_one = publishing.publish(**hand), publishing.publish(**hand)

    assert [(one.year, one.tables["total"]) for one in (late, next_one)] == [(2026, 11), (2027, 11)]


def test_which_slips_were_shown_is_kept_outside_the_database(hand):
    rows = keep_slips(11)
    publishing.preview(**hand)

    kept = json.loads((files.folder() / publishing.SHOWN).read_bytes())
    assert kept == {"2026": {"keys": sorted(row.key for row in rows), "published": False}}


def restore(rows):
    """Bring back slips, as a backup of the database does."""
    Slip.objects.bulk_create(Slip(key=row.key, blob=row.blob) for row in rows)


def test_slips_that_a_backup_brings_back_are_not_counted_a_second_time(hand):
    rows = keep_slips(13)
    publishing.publish(**hand)
    restore(rows)
    keep_slips(11)

    with time_machine.travel(datetime(2028, 1, 10, tzinfo=UTC), tick=False):
        publication = publishing.publish(**hand)

    assert (publication.tables["total"], Slip.objects.count()) == (11, 0)


def test_a_publication_lost_with_the_database_is_made_again_the_same(hand):
    rows = keep_slips(13)
    before = publishing.publish(**hand).tables
    Publication.objects.all().delete()
    restore(rows)
    keep_slips(2)

    assert publishing.publish(**hand).tables == before
    assert Slip.objects.count() == 2


def test_a_part_of_what_was_published_is_never_published_in_its_place(hand):
    rows = keep_slips(13)
    publishing.publish(**hand)
    Publication.objects.all().delete()
    restore(rows[1:])

    with pytest.raises(Refusal) as refusal:
        publishing.publish(**hand)
    assert refusal.value.sentence == publishing.TOO_FEW


def test_slips_shown_then_lost_with_a_restored_database_leave_the_others_to_be_counted(hand):
    rows = keep_slips(12)
    publishing.preview(**hand)
    rows[0].delete()

    assert publishing.preview(**hand).tables["total"] == 11


def test_slips_are_deleted_in_the_transaction_of_the_publication(hand, monkeypatch):
    keep_slips(11)

    def fall(*args, **kwargs):
        raise OSError("the disk is full")

    monkeypatch.setattr(audit, "record", fall)
    with pytest.raises(OSError, match="disk"):
        publishing.publish(**hand)

    assert (Publication.objects.count(), Slip.objects.count()) == (0, 11)


# --- Slips that do not open -----------------------------------------------------------------------


def foreign(packed, key):
    """A slip that whoever holds the database could make: STAT's public key lies there, PEPPER does not."""
    return Slip.objects.create(key=key, blob=vault.seal(packed, public=keys.stat_public(), place=slips.PLACE))


def test_a_slip_that_does_not_open_is_left_and_said(hand):
    keep_slips(11)
    Slip.objects.create(blob=b"\x01 nothing of ours")

    shown = publishing.preview(**hand)
    publishing.publish(**hand)

    assert (shown.lost, shown.tables["total"], Slip.objects.count()) == (True, 11, 1)


def test_slips_added_in_the_database_do_not_unmask_a_real_one(hand):
    [real] = keep_slips(1)
    packed = counting.pack(counting.Slip("soins", "1", "soi", "portail"))
    for number in range(10):
        foreign(packed + bytes(vault.KEY_BYTES), f"{number:032}")
    Slip.objects.create(key="a" * 32, blob=real.blob)

    with pytest.raises(Refusal) as refusal:
        publishing.publish(**hand)
    assert refusal.value.sentence == publishing.TOO_FEW


def test_a_slip_of_a_version_to_come_is_left(hand):
    keep_slips(11)
    packed = bytes([9]) + counting.pack(counting.Slip("soins", "1", "soi", "portail"))[1:]
    foreign(packed + slips.mark_of("b" * 32, packed), "b" * 32)

    assert publishing.preview(**hand).lost is True


def test_slips_have_one_length_whatever_they_hold():
    make_cell()
    few = keep_slips(1)
    many = keep_slips(1, motives=["charge", "sante"], orientations=["medecin"], resources=("1", "23", "456"))

    assert len({len(bytes(row.blob)) for row in few + many}) == 1


def test_a_slip_is_not_sealed_to_a_key_that_root_did_not_sign(cell):
    CellSettings.objects.update(stat_public=vault.public_of(vault.new_private()))

    with pytest.raises(vault.Unreadable):
        keep_slips(1)


def test_a_referent_whose_key_was_not_signed_publishes_nothing(cell):
    keep_slips(11)
    cell.referent.stat_sealed = b""

    with pytest.raises(Refusal) as refusal:
        publishing.publish(referent=cell.referent, private=cell.private)
    assert (refusal.value.sentence, Slip.objects.count()) == (publishing.NO_STAT, 11)


def test_the_answers_of_a_slip_are_independent():
    """No list of boxes is compulsory, and sheets handed over tick no orientation: the proof rests on it."""
    form = SlipForm(USUAL, sheets={"7": "Une fiche"})
    first = proposed(request=Request("self", "infirmier", "phone"), talks=1, motives=(), sheets={"7": "Une fiche"})

    assert (form.is_valid(), form.slip()) == (True, counting.Slip(**USUAL))
    assert ("orientations" in first, first["resources"]) == (False, ["7"])


# --- When -----------------------------------------------------------------------------------------


def test_a_publication_bears_the_last_year_that_is_over(hand):
    assert [publishing.year_to_publish(day) for day in (date(2026, 12, 31), JANUARY)] == [2025, 2026]


def test_the_next_publication_waits_for_the_year_to_be_over(hand):
    keep_slips(11)
    assert publishing.next_publication() == (2026, None)

    publishing.publish(**hand)

    assert publishing.next_publication() == (2026, date(2028, 1, 1))


# --- On screen ------------------------------------------------------------------------------------


def test_the_page_says_how_many_are_needed_not_how_many_wait(referent):
    keep_slips(7)

    before, after = texts(referent.get(LIST)), texts(referent.post(PREVIEW))

    assert "Il en faut au moins 11" in before
    assert publishing.TOO_FEW in after
    assert "<td" not in after
    # Neither page changes with what waits.
    Slip.objects.all().delete()
    assert strip_token(texts(referent.get(LIST))) == strip_token(before)
    assert strip_token(texts(referent.post(PREVIEW))) == strip_token(after)


def strip_token(text):
    """Return a page without what changes each time it is asked for."""
    start, *rest = text.split('name="csrfmiddlewaretoken" value="')
    return start + "".join(part.partition('"')[2] for part in rest)


def test_the_preview_shows_every_figure_and_asks_to_confirm(referent):
    keep_slips(12)
    keep_slips(14, profession="medecins", motives=["charge"])
    keep_slips(11, profession="etudiants")

    page = referent.post(PREVIEW)

    shown = {one.label: {row.label: row.count for row in one.rows} for one in page.context["figures"].tables}
    assert shown["Profession"] == {PHYSICIANS: 14, NURSES: 12, "Autres": 11}
    assert shown["Motifs"] == {"Charge et organisation du travail": 14}
    assert "Rien n’est publié pour l’instant" in texts(page)
    assert Publication.objects.exists() is False


def test_without_the_box_ticked_the_preview_comes_back_and_nothing_is_published(referent):
    keep_slips(11)

    page = referent.post(PUBLISH)

    assert page.context["form"].errors == {"sure": ["Ce champ est obligatoire."]}
    assert "Ce qui serait publié pour 2026" in texts(page)
    assert Publication.objects.exists() is False


def test_confirmed_it_is_published_and_can_be_read_by_year(referent):
    keep_slips(11)
    keep_slips(14, profession="medecins")

    answer = referent.post(PUBLISH, {"sure": "on"})

    assert (answer.status_code, answer.url) == (302, reverse("cell_publication", args=[2026]))
    page = texts(referent.get(answer.url))
    assert f'<th scope="row">{PHYSICIANS}</th> <td class="num">14</td>' in page
    assert "Chiffres de 2026" in texts(referent.get(LIST))


def test_sent_twice_it_is_published_once(referent):
    keep_slips(11)

    referent.post(PUBLISH, {"sure": "on"})
    again = referent.post(PUBLISH, {"sure": "on"})

    assert "Les chiffres de 2026 sont déjà publiés" in texts(again)
    assert Publication.objects.count() == 1


def test_slips_that_do_not_open_are_said_without_a_number(referent):
    keep_slips(11)
    Slip.objects.create(blob=b"x")

    assert "Des bulletins ne s’ouvrent pas" in texts(referent.post(PREVIEW))


@pytest.mark.parametrize("year", [2019, 10**30])
def test_a_year_without_publication_is_absent(referent, year):
    assert referent.get(f"/ecoute/referent/chiffres/{year}/").status_code == 404


def test_a_glance_at_the_preview_s_address_fixes_nothing(referent):
    keep_slips(11)

    answer = referent.get(PREVIEW)

    assert (answer.status_code, answer.url) == (302, LIST)
    assert (files.folder() / publishing.SHOWN).exists() is False


def test_once_locked_neither_the_preview_nor_the_list_is_shown(client, cell):
    keep_slips(11)
    client.force_login(cell.referent.user)

    for answer in (client.get(LIST), client.post(PREVIEW), client.post(PUBLISH, {"sure": "on"})):
        assert "Ouvrez votre espace" in answer.content.decode()
    assert Publication.objects.exists() is False


def test_the_list_takes_the_same_statements_whatever_the_years(referent):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            referent.get(LIST)
        return len(captured)

    statements()  # the first visit puts off the end of the space
    before = statements()
    Publication.objects.bulk_create(Publication(year=year, tables={}) for year in range(1990, 2020))

    assert statements() == before


# --- Settings, and the request that waits ---------------------------------------------------------

SETTINGS = {"answer_days": 2, "daily_cap": 30, "notice_hours": 48, "place": "Au calme", "phone_words": "Nous appelons."}


def kept_settings():
    cell = CellSettings.load()
    return {name: getattr(cell, name) for name in SETTINGS}


def test_the_referent_sets_how_the_cell_receives_and_the_statistics_key_stays(referent):
    before = keys.stat_public()

    referent.post(reverse("cell_settings"), SETTINGS)

    assert kept_settings() == SETTINGS
    assert keys.stat_public() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer_days": "0"},
        {"answer_days": "16"},
        {"daily_cap": "0"},
        {"notice_hours": "beaucoup"},
        {"notice_hours": "-1"},
        {"daily_cap": "9" * 40},
        {"place": "Ici\x00là"},
        {"phone_words": "x" * 501},
    ],
)
def test_settings_out_of_bounds_are_refused_and_what_was_typed_stays(referent, wrong):
    before = kept_settings()

    page = referent.post(reverse("cell_settings"), SETTINGS | wrong)

    assert list(page.context["form"].errors) == list(wrong)
    assert 'value="48"' in texts(page) or "notice_hours" in wrong
    assert kept_settings() == before


def test_settings_are_neither_shown_nor_changed_once_locked(client, cell):
    client.force_login(cell.referent.user)
    before = kept_settings()

    page = client.post(reverse("cell_settings"), SETTINGS)

    assert "Ouvrez votre espace" in texts(page)
    assert kept_settings() == before


def waiting(rounds):
    cell = make_cell()
    late, prompt = make_peer(cell), make_peer(cell)
    opened, _ = make_case(late, prompt)
    CaseEnvelope.objects.filter(peer=late).update(rounds=rounds)
    CaseEnvelope.objects.filter(peer=prompt).update(opened=True)
    return cell, opened.case


@pytest.mark.parametrize(("rounds", "line", "button"), [(3, False, False), (4, True, False), (6, True, True)])
def test_the_home_page_says_that_a_request_waits_and_after_three_days_lets_one_ask(client, rounds, line, button):
    cell, _ = waiting(rounds)
    open_space(client, cell)

    page = texts(client.get(reverse("cell_referent")))

    assert ("Une demande attend." in page, "Demander le remplacement" in page) == (line, button)


def test_asking_for_a_replacement_says_nothing_of_whom(client):
    cell, case = waiting(6)
    open_space(client, cell)

    page = texts(client.post(reverse("cell_replacement"), follow=True))

    case.refresh_from_db()
    assert case.replacement_wanted is True
    assert "C’est demandé." in page
    assert case.reference not in page


def test_where_nothing_waits_any_more_the_referent_is_told(referent):
    page = texts(referent.post(reverse("cell_replacement"), follow=True))

    assert "Plus aucune demande n’attend" in page
