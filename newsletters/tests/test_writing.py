"""Writing a newsletter: what each verb does, what it refuses, and that nothing changes once it has begun to leave."""

import datetime
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from activities.tests.factories import make_activity, make_session
from cafe.errors import Refusal
from newsletters.catalogue import MODELS, words
from newsletters.checks import problems_of
from newsletters.enums import NewsletterState
from newsletters.models import LetterImage, Newsletter
from newsletters.rendering import rendered
from newsletters.services import writing
from newsletters.services.images import SENT_BYTES, SENT_SIZE, cleaned_image
from newsletters.tests.writing import make_letter, make_message, picture, syntax_errors

pytestmark = pytest.mark.django_db
HEADINGS = [("heading", {"text": name}) for name in ("Un", "Deux", "Trois")]


@pytest.fixture
def march(time_machine):
    time_machine.move_to("2026-03-03T12:00:00+00:00", tick=False)


def shown(letter):
    return [block.content.get("text") for block in letter.blocks.all()]


def gone(letter):
    """Make it leave."""
    now = timezone.now()
    Newsletter.objects.filter(pk=letter.pk).update(
        state=NewsletterState.SENDING, scheduled_for=now, started_at=now, text="Bonjour"
    )
    letter.refresh_from_db()
    return letter


# --- Ready-made ones ------------------------------------------------------------------------------


@pytest.mark.parametrize("key", MODELS)
def test_every_model_makes_a_letter_that_can_leave_as_it_is(key, march):
    session = make_session(activity=make_activity(title="Yoga doux", summary="Une heure à soi."))
    make_message()

    letter = writing.create_newsletter(model=key, session=session)
    rendering = rendered(letter)

    assert syntax_errors(rendering.html) == []
    assert [problem.sentence for problem in problems_of(letter)] == []
    assert (letter.state, letter.model_key, "{" in rendering.text) == ("draft", key, False)


def test_the_words_of_a_model_say_the_month_the_season_and_the_session(march):
    session = make_session(activity=make_activity(title="Yoga doux"), starts_in=datetime.timedelta(days=10))

    made = {key: writing.create_newsletter(model=key, session=session) for key in ("agenda", "saison", "invitation")}

    assert {key: letter.subject for key, letter in made.items()} == {
        "agenda": "Les séances de mars",
        "saison": "La saison 2025-2026 commence",
        "invitation": "Invitation\u00a0: Yoga doux",
    }
    assert made["invitation"].preview == "Vendredi 13 mars 2026, 13\u00a0h"
    assert (made["invitation"].invitation, made["agenda"].invitation) == (session, None)
    assert made["invitation"].blocks.get(kind="button").content["url"] == session.get_absolute_url()


@pytest.mark.parametrize(
    ("day", "month", "season"),
    [
        ((2026, 3, 19), "de mars", "2025-2026"),
        ((2026, 3, 20), "d’avril", "2025-2026"),
        ((2026, 7, 1), "de juillet", "2026-2027"),
        ((2026, 12, 31), "de janvier", "2026-2027"),
    ],
)
def test_from_the_twentieth_on_the_month_is_the_next(day, month, season):
    values = words(datetime.date(*day))

    assert (values["{de_mois}"], values["{saison}"]) == (month, season)


def test_a_letter_about_a_session_wants_one():
    with pytest.raises(Refusal, match="Choisissez la séance"):
        writing.create_newsletter(model="rappel")


def test_the_welcome_is_for_the_newly_installed_alone():
    assert writing.create_newsletter(model="bienvenue").segment == {"newly_installed": True}


def test_an_address_tells_the_month_and_the_subject_and_is_nobody_elses(march):
    letters = [writing.create_newsletter(model="agenda") for _ in range(3)]
    writing.update_newsletter(newsletter=letters[0], values={"subject": "L’été arrive"})

    letters[0].refresh_from_db()
    slugs = [letter.slug for letter in letters]
    assert slugs == ["2026-03-l-ete-arrive", "2026-03-les-seances-de-mars-2", "2026-03-les-seances-de-mars-3"]


def test_an_address_taken_at_the_same_moment_is_no_error(monkeypatch):
    first = make_letter(slug="prise")
    monkeypatch.setattr(writing, "new_slug", lambda *args: "prise")

    made = writing.create_newsletter(model="agenda")
    writing.update_newsletter(newsletter=made, values={"subject": "Autre"})

    assert (made.slug.startswith("prise-"), made.slug == first.slug) == (True, False)


# --- Blocks ---------------------------------------------------------------------------------------


def test_blocks_are_moved_by_one_rank_and_stay_at_the_ends():
    letter = make_letter(*HEADINGS)
    first, last = letter.blocks.first(), letter.blocks.last()

    seen = []
    for block, step in ((first, -1), (first, 1), (last, 1), (last, -1)):
        writing.shift_block(block=block, step=step)
        seen.append("".join(text[0] for text in shown(letter)))

    assert seen == ["UDT", "DUT", "DUT", "DTU"]


def test_a_block_is_added_at_the_end_changed_and_deleted():
    letter = make_letter(*HEADINGS)
    writing.delete_block(block=letter.blocks.first())

    block = writing.add_block(newsletter=letter, kind="heading", content={"text": "Fin"})
    writing.change_block(block=block, content={"text": "La fin"})

    assert list(letter.blocks.values_list("position", "content__text")) == [(1, "Deux"), (2, "Trois"), (3, "La fin")]


def test_a_block_deleted_meanwhile_is_told(monkeypatch):
    letter = make_letter(*HEADINGS)
    block = letter.blocks.first()
    writing.delete_block(block=letter.blocks.first())

    for act in (writing.delete_block, lambda block: writing.shift_block(block=block, step=1)):
        with pytest.raises(Refusal, match="vient d’être supprimé"):
            act(block=block)


def test_a_letter_has_forty_blocks_at_most(monkeypatch):
    monkeypatch.setattr(writing, "MAX_BLOCKS", 3)
    with pytest.raises(Refusal, match="au plus 3 blocs"):
        writing.add_block(newsletter=make_letter(*HEADINGS), kind="text", content={})


def test_nothing_changes_once_it_has_begun_to_leave():
    letter = make_letter(*HEADINGS)
    block = letter.blocks.first()
    before = gone(letter)

    for act in (
        lambda: writing.update_newsletter(newsletter=letter, values={"subject": "Autre"}),
        lambda: writing.add_block(newsletter=letter, kind="text", content={}),
        lambda: writing.change_block(block=block, content={"text": "Autre"}),
        lambda: writing.shift_block(block=block, step=1),
        lambda: writing.delete_block(block=block),
    ):
        with pytest.raises(Refusal) as refusal:
            act()
        assert refusal.value.sentence == writing.FROZEN
    with pytest.raises(Refusal, match="Seul un brouillon"):
        writing.delete_newsletter(newsletter=letter)

    letter.refresh_from_db()
    assert (letter.subject, shown(letter)) == (before.subject, ["Un", "Deux", "Trois"])


# --- Copies and images ----------------------------------------------------------------------------


def with_image(letter, alt="Une tasse"):
    return writing.add_block(newsletter=letter, kind="image", content={}, upload=cleaned_image(picture()), alt=alt)


def test_a_copy_is_a_draft_with_images_of_its_own(django_capture_on_commit_callbacks):
    source = make_letter(*HEADINGS, topic="life", segment={"professions": ["infirmier"]}, preview="Lisez")
    with_image(source)
    copy = writing.copy_newsletter(newsletter=gone(source))

    old, new = LetterImage.objects.get(newsletter=source), LetterImage.objects.get(newsletter=copy)
    assert (copy.state, copy.topic, copy.segment, copy.preview) == ("draft", "life", source.segment, "Lisez")
    assert (copy.html, copy.started_at, copy.slug == source.slug) == ("", None, False)
    assert shown(copy)[:3] == ["Un", "Deux", "Trois"]
    assert copy.blocks.last().content == {"image": new.pk}
    with django_capture_on_commit_callbacks(execute=True):
        writing.delete_newsletter(newsletter=copy)
    assert (default_storage.exists(old.file.name), default_storage.exists(new.file.name)) == (True, False)


def test_a_copy_of_a_letter_whose_file_is_lost_has_its_words_and_awaits_an_image():
    source = make_letter(("text", {"markdown": "Bonjour."}))
    with_image(source)
    default_storage.delete(source.images.get().file.name)

    copy = writing.copy_newsletter(newsletter=source)

    assert [(block.kind, block.content) for block in copy.blocks.all()] == [
        ("text", {"markdown": "Bonjour."}), ("image", {}),
    ]  # fmt: skip
    assert not copy.images.exists()


def test_an_image_changed_leaves_no_file_behind(django_capture_on_commit_callbacks):
    letter = make_letter()
    block = with_image(letter)
    first = letter.images.get()

    with django_capture_on_commit_callbacks(execute=True):
        writing.change_block(block=block, content={}, alt="Une théière")
        assert (letter.images.get().pk, letter.images.get().alt) == (first.pk, "Une théière")
        writing.change_block(block=block, content={}, upload=cleaned_image(picture()), alt="Un sucrier")

    second = letter.images.get()
    assert (second.alt, second.pk == first.pk) == ("Un sucrier", False)
    assert (default_storage.exists(first.file.name), default_storage.exists(second.file.name)) == (False, True)
    with django_capture_on_commit_callbacks(execute=True):
        writing.delete_block(block=block)
    assert (letter.images.count(), default_storage.exists(second.file.name)) == (0, False)


def test_an_image_is_drawn_again_upright_small_and_without_what_it_hid():
    noise = Image.effect_noise((2400, 1200), 90).convert("RGB")
    told = Image.Exif()
    told[0x0112], told[0x010E] = 6, "chez Mme Petit"
    content = BytesIO()
    noise.save(content, "JPEG", quality=95, exif=told)

    kept = cleaned_image(SimpleUploadedFile("chez-mme-petit.jpg", content.getvalue()))

    with Image.open(kept) as picture_kept:
        assert (picture_kept.format, dict(picture_kept.getexif())) == ("JPEG", {})
        assert picture_kept.height > picture_kept.width
        assert (picture_kept.width <= SENT_SIZE[0], picture_kept.height <= SENT_SIZE[1]) == (True, True)
    assert kept.size < 4 * SENT_BYTES
    assert "petit" not in kept.name


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_three_kinds_of_images_are_taken_and_none_leaves_as_webp(kind):
    with Image.open(cleaned_image(picture(kind, name="x.svg"))) as kept:
        assert kept.format in {"PNG", "JPEG"}


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (SimpleUploadedFile("a.png", b"<svg onload=alert(1)>"), "n’est pas une image"),
        (SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 50), "n’est pas une image"),
        (SimpleUploadedFile("a.png", b"0" * (5 * 1024 * 1024 + 1)), "dépasse 5 Mo"),
        (picture("GIF", name="a.gif"), "n’est pas une image"),
        (picture("PNG", size=(7000, 6000)), "trop de points"),
    ],
)
def test_what_is_no_fit_image_is_refused(upload, sentence):
    with pytest.raises(ValidationError, match=sentence):
        cleaned_image(upload)
