"""What the coordination writes in the board's report: one text for given months, and nobody's words are lost."""

from datetime import date
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cafe.board import writing
from cafe.board.models import KeptReport, ReportText, Section
from evaluation.figures import Period
from members.enums import Role
from members.tests.factories import make_user
from resources.tests.racing import at_once, one_writer

pytestmark = pytest.mark.django_db
MONTHS = {"first": date(2023, 9, 1), "last": date(2024, 8, 1)}
SEASON = Period(**MONTHS)
PAGE = "/coordination/rapport/?du=2023-09&au=2024-08"


def desk_of(**person):
    client = Client()
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True, **person))
    return client


@pytest.fixture
def desk():
    return desk_of(first_name="Anne", last_name="Zitte")


def text_of(response):
    return response.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


def seen(client, page=PAGE):
    """Return what the form of the page says was read."""
    return client.get(page).context["form"]["seen"].value()


def typed(**given):
    return {"opening": "", "learnt": "", "next_season": "", "sections": Section.values, "seen": ""} | given


def write(text="Un mot.", *, months=MONTHS, **given):
    return ReportText.objects.create(**months, opening=text, **given)


def saved():
    return ReportText.objects.values_list("opening", "learnt", "sections").get(**MONTHS)


# --- The rules of the database --------------------------------------------------------------------


def test_one_text_for_the_same_months_and_months_in_order():
    write()
    for wrong in (MONTHS, {"first": date(2024, 9, 1), "last": date(2024, 8, 1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReportText.objects.create(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        KeptReport.objects.create(
            first=date(2024, 9, 1), last=date(2024, 8, 1), size=1, file="board/a.pdf", counted_at=timezone.now()
        )


# --- Writing --------------------------------------------------------------------------------------


def test_what_is_written_is_saved_for_its_months_and_found_again(desk):
    answer = desk.post(PAGE, typed(opening="Deux mots.\r\n\r\nTrois.", learnt="Rien.", sections=["budget", "aci"]))

    assert (answer.status_code, answer.url) == (302, PAGE)
    assert saved() == ("Deux mots.\n\nTrois.", "Rien.", ["budget", "aci"])
    page = desk.get(PAGE)
    assert "Deux mots.\n\nTrois.</textarea>" in text_of(page)
    assert "par Anne Zitte." in text_of(page)
    assert page.context["form"]["sections"].value() == ["budget", "aci"]
    assert text_of(desk.get("/coordination/rapport/?du=2023-09&au=2024-07")).count("Deux mots") == 0


def test_nothing_written_means_every_part(desk):
    page = desk.get(PAGE)

    assert page.context["form"]["sections"].value() == Section.values
    assert "Rien n’est encore écrit pour ces mois" in text_of(page)
    assert not ReportText.objects.exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"learnt": "x" * 10_001}, "Assurez-vous que cette valeur comporte au plus 10000 caractères"),
        ({"opening": "a\0b"}, "Le caractère nul n’est pas autorisé."),
        ({"sections": ["noms"]}, "Sélectionnez un choix valide. noms n’en fait pas partie."),
    ],
)
def test_what_cannot_be_saved_is_said_and_stays_typed(desk, given, sentence):
    page = desk.post(PAGE, typed(next_season="Mes mots.") | given)

    assert (page.status_code, ReportText.objects.count()) == (200, 0)
    assert sentence in text_of(page)
    assert "Mes mots.</textarea>" in text_of(page)


def test_months_that_make_no_sense_save_nothing_and_lose_nothing(desk):
    for months in ("du=2024-08&au=2023-09", "du=hier&au=2024-08"):
        page = desk.post(f"/coordination/rapport/?{months}", typed(opening="Mes mots."))

        assert "Rien n’est enregistré : ces mois n’existent pas." in text_of(page)
        assert "Mes mots.</textarea>" in text_of(page)
    assert not ReportText.objects.exists()


def test_a_limit_counts_an_end_of_line_once_as_the_browser_does(desk):
    desk.post(PAGE, typed(opening="a\r\n" * 2500))

    assert saved()[0] == ("a\n" * 2500).strip()


# --- Two at once ----------------------------------------------------------------------------------


def test_the_second_of_two_who_write_is_told_sees_both_and_loses_nothing(desk):
    write("Au début.")
    other = desk_of(first_name="Bruno", last_name="Kaz")
    mine, theirs = seen(desk), seen(other)
    other.post(PAGE, typed(opening="De Bruno.", learnt="Commun.", sections=["budget"], seen=theirs))

    told = desk.post(PAGE, typed(opening="D’Anne.", learnt="Commun.", seen=mine))

    assert "Bruno Kaz a enregistré ce texte pendant que vous écriviez" in text_of(told)
    assert saved() == ("De Bruno.", "Commun.", ["budget"])
    assert "D’Anne.</textarea>" in text_of(told)
    assert told.context["theirs"] == [("En quelques mots", "De Bruno."), ("Parties du rapport", "Budget")]
    again = told.context["form"]["seen"].value()
    assert desk.post(PAGE, typed(opening="Des deux.", seen=again)).status_code == 302
    assert saved()[0] == "Des deux."


def test_the_second_who_writes_first_is_told_too(desk):
    other = desk_of()
    other.post(PAGE, typed(opening="La première."))

    told = desk.post(PAGE, typed(opening="La seconde."))

    assert told.context["theirs"] == [("En quelques mots", "La première.")]
    assert saved()[0] == "La première."


def test_sending_the_same_words_twice_is_no_quarrel(desk):
    answers = [desk.post(PAGE, typed(opening="Une fois.")).status_code for _ in range(2)]

    assert answers == [302, 302]


@one_writer
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("before", ["", "Déjà écrit."])
def test_of_two_who_save_at_the_same_moment_one_is_told(before):
    read = writing.version_of(write(before)) if before else ""

    def save(opening):
        words = {"opening": opening, "learnt": "", "next_season": "", "sections": []}
        return writing.write(period=SEASON, seen=read, author=None, **words).opening

    answers = at_once(partial(save, "Une."), partial(save, "Deux."))

    kept = [one for one in answers if isinstance(one, str)]
    assert kept == [saved()[0]]
    assert [type(one) for one in answers if one not in kept] == [writing.WrittenMeanwhile]


# --- Seeing, and naming nobody --------------------------------------------------------------------


def test_the_preview_shows_safe_words_and_saves_nothing(desk):
    harmful = "# Titre\n\n<script>alert(1)</script> ![x](https://ailleurs.example/x.png) [ici](javascript:alert(1))"

    page = desk.post(PAGE, typed(opening=harmful, learnt="y" * 12_000, preview="1"))

    shown = text_of(page).split('id="apercu"')[1]
    assert "<h4>Titre</h4>" in shown
    assert "&lt;script&gt;" in shown
    for kind in ("<script>alert", "<img", 'href="javascript'):
        assert kind not in shown
    assert "y" * 10_000 in shown
    assert "y" * 10_001 not in shown
    assert not ReportText.objects.exists()
    assert "Aucun mot n’est écrit" in text_of(desk.post(PAGE, typed(preview="1")))


def test_a_name_is_flagged_before_and_after_it_is_saved_and_is_no_refusal(desk):
    make_user(first_name="Hortense", last_name="Quetzal")
    named = typed(learnt="## Bilan\n\nMerci à Hortense, au 06 92 12 34 56. Voir [la page](https://cafe.example/).")

    page = desk.post(PAGE, named | {"preview": "1"})
    after = desk.post(PAGE, named, follow=True)

    assert page.context["named"] == ["Hortense", "06 92 12 34 56"]
    assert "ceci désigne peut-être quelqu’un ou un lieu : « Hortense », « 06 92 12 34 56 »." in text_of(after)
    assert saved()[1].startswith("## Bilan")
    assert "Le conseil lit ces textes" in text_of(page)


# --- Other months ---------------------------------------------------------------------------------


def test_the_text_of_earlier_months_is_a_start_that_is_not_saved(desk):
    older = write("Il y a deux ans.", months={"first": date(2021, 9, 1), "last": date(2022, 8, 1)})
    last = write(
        "L’an dernier.", months={"first": date(2022, 9, 1), "last": date(2023, 8, 1)}, sections=["budget", "aci"]
    )
    write("Plus tard.", months={"first": date(2024, 9, 1), "last": date(2025, 8, 1)})

    page = desk.get(PAGE)
    started = desk.get(f"{PAGE}&reprendre={last.pk}")

    assert page.context["previous"] == last
    assert f"&amp;reprendre={older.pk}" in page.content.decode()
    assert started.context["form"]["opening"].value() == "L’an dernier."
    assert started.context["form"]["sections"].value() == ["budget", "aci"]
    assert "Voici le texte du rapport de septembre 2022 à août 2023." in text_of(started)
    assert desk.post(PAGE, typed(opening="L’an dernier.", seen=seen(desk))).status_code == 302
    assert ReportText.objects.count() == 4


def test_what_is_written_is_never_covered_by_a_start(desk):
    other = write("L’an dernier.", months={"first": date(2022, 9, 1), "last": date(2023, 8, 1)})
    write("Cette année.")

    page = desk.get(f"{PAGE}&reprendre={other.pk}")

    assert page.context["form"]["opening"].value() == "Cette année."
    assert "reprendre=" not in page.content.decode()


@pytest.mark.parametrize("asked", ["x", "-1", "²", "9" * 30, "%00", "999"])
def test_a_start_that_is_none_is_the_empty_page(desk, asked):
    page = desk.get(f"{PAGE}&reprendre={asked}")

    assert (page.status_code, page.context["form"]["opening"].value()) == (200, "")


def test_other_texts_are_listed_by_pages_at_the_same_cost(desk):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(PAGE).status_code == 200
        return len(captured)

    costs = []
    for count in (1, 30):
        for year in range(count):
            write(months={"first": date(2030 - year, 1, min(count, 2)), "last": date(2030 - year, 1, min(count, 2))})
        costs.append(cost())

    assert costs[0] == costs[1]
    assert len(desk.get(PAGE).context["page_obj"]) == 20
    assert len(desk.get(f"{PAGE}&page=2").context["page_obj"]) == 11
    assert f"?{SEASON.query.replace('&', '&amp;')}&amp;page=2" in desk.get(PAGE).content.decode()
