import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from cafe.errors import Refusal
from members.enums import Profession
from members.tests.factories import make_user
from resources.enums import Cost, Mode, ResourceState
from resources.models import Resource
from resources.services import index
from resources.services.search import Asked, search, sheets_of
from resources.services.sheets import archive_sheet, publish_sheet, suspend_sheet, update_sheet
from resources.services.wording import remove_synonyms, save_synonyms
from resources.tests.factories import make_commune, make_resource, make_synonyms

pytestmark = pytest.mark.django_db
PARIS, VERSAILLES = (48.8566, 2.3522), (48.8014, 2.1301)


def found(user=None, **asked):
    """Return the sheets found, in order."""
    user, asked = user or AnonymousUser(), Asked(**asked)
    result = search(asked=asked, user=user)
    return sheets_of(hits=result.hits, asked=asked, user=user, commune=result.commune)


def names(user=None, **asked):
    return [sheet.name for sheet in found(user, **asked)]


def reasons(**asked):
    return {sheet.name: sheet.reasons for sheet in found(**asked)}


def sheet(name, **fields):
    fields = {"summary": "Une phrase.", "needs": ()} | fields
    return make_resource(name=name, **fields)


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["Médiation", "mediation", "MÉDIATIONS", "mediaton", "médaition", "la médiation ?", "médiat"]
)
def test_accents_case_plural_and_slips_are_forgiven(typed):
    sheet("Médiation du port")
    sheet("Yoga des quais")

    assert names(q=typed) == ["Médiation du port"]


def test_a_synonym_finds_what_the_sheet_says_otherwise_and_says_so():
    sheet("Permanence juridique")
    make_synonyms("avocat", "juridique")

    assert reasons(q="avocat") == {"Permanence juridique": ["avocat → juridique"]}


def test_the_word_itself_is_named_and_a_slip_is_shown_corrected():
    sheet("Médiation du port")

    assert reasons(q="médiation") == {"Médiation du port": ["«\u00a0médiation\u00a0»"]}
    assert reasons(q="mediaton") == {"Médiation du port": ["mediaton → médiation"]}


def test_a_phrase_of_the_list_is_read_whole():
    sheet("Consultation épuisement")
    make_synonyms("épuisement", "je n’en peux plus")

    assert reasons(q="Docteur, je n’en peux plus") == {"Consultation épuisement": ["je n’en peux plus → épuisement"]}


def test_what_is_only_read_is_not_looked_for_in_the_sheets():
    sheet("Écoute du soir")
    sheet("Un seul numéro")
    make_synonyms("écoute", "? seul")

    assert names(q="seul") == ["Un seul numéro", "Écoute du soir"]
    assert names(q="écoute") == ["Écoute du soir"]


def test_a_name_weighs_more_than_a_need_and_a_need_more_than_the_rest():
    sheet("Bureau", own_access="Demandez la médiation.")
    sheet("Guichet", summary="Une médiation.")
    sheet("Maison", needs=["exercice--conflit-entre-associes"])
    sheet("Conflit et médiation")
    make_synonyms("médiation", "conflit")

    assert names(q="médiation")[:2] == ["Conflit et médiation", "Maison"]


def test_what_a_sheet_does_not_offer_finds_nothing():
    sheet("Ligne", offers_not="Pas d’ordonnance.")

    assert names(q="ordonnance") == []


def test_a_sheet_that_answers_far_less_than_the_best_is_left_out():
    sheet("Addictologie et alcool", needs=["sante--addictions"])
    sheet("Bureau", own_access="Parking, alcool interdit.")

    assert names(q="alcool addictologie") == ["Addictologie et alcool"]


def test_words_that_mean_nothing_find_nothing():
    sheet("Médiation")

    assert (names(q="xqzwk"), names(q="je ne me les"), names(q="???")) == ([], [], ["Médiation"])


def test_a_question_of_a_thousand_words_is_read_in_its_beginning():
    sheet("Médiation")

    assert names(q="médiation " + "mot " * 1000) == ["Médiation"]


def test_nobody_finds_a_phone_that_is_not_shown():
    make_resource(name="Louise Petit", kind="personne", phone="02 61 91 00 99", own_access="Au 0261910099, le soir.")
    make_resource(name="Maître Blanc", kind="personne", phone="02 61 91 00 98", contact_agreed_on="2026-01-05")

    assert (names(q="0261910099"), names(q="0261910098")) == ([], ["Maître Blanc"])


# --- filters --------------------------------------------------------------------------------------


def test_a_theme_and_a_need_keep_what_answers_them():
    sheet("Avocate", needs=["droit--avocat"])
    sheet("Ordre", needs=["droit--ordre"])
    sheet("Psychologue", needs=["sante--soutien-psychologique"])

    assert (names(theme="droit"), names(theme="droit--ordre")) == (["Avocate", "Ordre"], ["Ordre"])
    assert reasons(theme="droit--ordre") == {"Ordre": ["S’adresser à son Ordre professionnel"]}


def test_profession_cost_and_mode_narrow():
    sheet("Pour tous", cost=Cost.FREE)
    sheet("Infirmières", professions=[Profession.NURSE], cost=Cost.PAID, on_site=False, remote=True)

    assert names(profession=Profession.MIDWIFE) == ["Pour tous"]
    assert names(profession=Profession.NURSE) == ["Infirmières", "Pour tous"]
    assert (names(cost=Cost.PAID), names(mode=Mode.REMOTE)) == (["Infirmières"], ["Infirmières"])
    assert names(mode=Mode.PLACE) == ["Pour tous"]


def test_available_to_me_reads_the_profession_of_the_person():
    sheet("Pour tous")
    sheet("Infirmières", professions=[Profession.NURSE])
    sheet("Sages-femmes", professions=[Profession.MIDWIFE])

    assert names(make_user(profession=Profession.NURSE), mine=True) == ["Infirmières", "Pour tous"]
    assert names(make_user(profession=""), mine=True) == ["Infirmières", "Pour tous", "Sages-femmes"]


def test_a_commune_keeps_what_is_near_then_what_is_remote():
    make_commune("Paris", *PARIS)
    make_commune("Versailles", *VERSAILLES)
    sheet("À Versailles", commune="Versailles")
    sheet("À Paris", commune="paris")
    sheet("En ligne", on_site=False, remote=True)
    sheet("À Lyon", latitude=45.76, longitude=4.84)
    sheet("Nulle part")

    assert names(commune="PARIS", km=20) == ["À Paris", "À Versailles", "En ligne"]
    assert names(commune="Paris", km=10) == ["À Paris", "En ligne"]
    assert names(commune="Paris", km=20, mode=Mode.PLACE) == ["À Paris", "À Versailles"]
    assert reasons(commune="Paris", km=20) == {
        "À Paris": ["à Paris"],
        "À Versailles": ["à 17\u00a0km de Paris"],
        "En ligne": ["à distance"],
    }


def test_a_person_who_did_not_agree_is_as_far_as_her_commune():
    make_commune("Paris", *PARIS)
    make_commune("Versailles", *VERSAILLES)
    at_home = {"kind": "personne", "commune": "Versailles", "latitude": 48.85, "longitude": 2.34}
    sheet("Louise Petit", **at_home)
    sheet("Maître Blanc", contact_agreed_on="2026-01-05", **at_home)

    assert reasons(commune="Paris", km=20) == {
        "Louise Petit": ["à 17\u00a0km de Paris"],
        "Maître Blanc": ["à 1\u00a0km de Paris"],
    }


def test_a_sheet_that_serves_other_communes_is_left_out():
    make_commune("Paris", *PARIS)
    limits = {"area_kind": "communes", "area": "Deux communes", "area_communes": ["Versailles", "Sèvres"]}
    sheet("En ligne", on_site=False, remote=True, **limits)

    assert (names(commune="Paris"), names(commune="inconnue")) == ([], ["En ligne"])


def test_alike_sheets_go_by_priority_for_colleagues_then_by_name():
    sheet("C", needs=["droit--avocat"])
    sheet("Étoile", needs=["droit--avocat"], priority_access=True)
    sheet("B", needs=["droit--avocat"])

    assert names(theme="droit") == ["Étoile", "B", "C"]


# --- index ----------------------------------------------------------------------------------------


def test_every_change_shows_in_the_next_search():
    one = make_resource(name="Médiation", state=ResourceState.DRAFT)
    steps = [names(q="médiation")]
    publish_sheet(resource=one)
    steps.append(names(q="médiation"))
    update_sheet(resource=one, values={"name": "Conciliation"})
    steps += [names(q="médiation"), names(q="conciliation")]
    group = make_synonyms("paix", "conciliation")
    steps.append(names(q="paix"))
    remove_synonyms(group=group)
    steps.append(names(q="paix"))
    suspend_sheet(resource=one)
    steps.append(names(q="conciliation"))
    publish_sheet(resource=one)
    archive_sheet(resource=one)
    steps.append(names(q="conciliation"))

    assert steps == [[], ["Médiation"], [], ["Conciliation"], ["Conciliation"], [], [], []]


def test_another_process_learns_of_a_change_from_the_database(monkeypatch):
    one = make_resource(name="Médiation")
    names(q="médiation")
    kept_elsewhere = index._kept
    update_sheet(resource=one, values={"name": "Conciliation"})
    names(q="conciliation")

    monkeypatch.setattr(index, "_kept", kept_elsewhere)

    assert names(q="conciliation") == ["Conciliation"]


def test_a_change_that_is_rolled_back_is_not_found():
    one = make_resource(name="Médiation")
    with pytest.raises(Refusal), transaction.atomic():
        update_sheet(resource=one, values={"name": "Conciliation"})
        raise Refusal("Non.")

    assert (names(q="conciliation"), names(q="médiation")) == ([], ["Médiation"])


def test_an_index_that_is_late_shows_no_hidden_sheet():
    one = make_resource(name="Médiation")
    asked, user = Asked(q="médiation"), AnonymousUser()
    late = search(asked=asked, user=user)
    Resource.objects.filter(pk=one.pk).update(state=ResourceState.SUSPENDED)

    assert sheets_of(hits=late.hits, asked=asked, user=user, commune="") == []


def test_a_search_asks_the_database_once(django_assert_num_queries):
    make_resource(name="Médiation")
    search(asked=Asked(q="médiation"), user=AnonymousUser())

    with django_assert_num_queries(1):
        search(asked=Asked(q="mediation avocat"), user=AnonymousUser())


def test_a_group_that_is_emptied_means_nothing():
    sheet("Permanence juridique")
    group = make_synonyms("avocat", "juridique")
    group.words = ""
    save_synonyms(group=group)

    assert names(q="avocat") == []
