"""Writing a newsletter. Its words can change until it begins to leave; then it is copied.

The newsletter is locked before its blocks are read: what begins to leave is what was there before, or after.
"""

import secrets

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from cafe.errors import Refusal
from newsletters.catalogue import MODELS, typeset, words
from newsletters.enums import BlockKind, NewsletterState
from newsletters.models import Block, LetterImage, Newsletter
from newsletters.services import images
from resources.services.prevention import messages_for

MAX_BLOCKS = 40
TRIES = 3
SLUG_LENGTH = 70
UNTITLED = "Lettre sans objet"
FROZEN = "Cette lettre est partie\u00a0: ses mots ne changent plus. Copiez-la pour en écrire une autre."
GONE = "Cette lettre vient d’être supprimée."
KEPT_SETTINGS = ("topic", "subject", "preview", "model_key", "segment", "per_minute", "in_archive")


def lock(newsletter):
    """Return the newsletter, locked until the transaction ends. Raises Refusal where it was deleted meanwhile."""
    found = Newsletter.objects.select_for_update(of=("self",), no_key=True).filter(pk=newsletter.pk).first()
    if found is None:
        raise Refusal(GONE)
    return found


def lock_unsent(newsletter):
    """The same of one whose words may still change. Raises Refusal once it has begun to leave."""
    newsletter = lock(newsletter)
    if newsletter.is_frozen:
        raise Refusal(FROZEN)
    return newsletter


def new_slug(subject, today, but=None):
    """Return a free address made of the month and the subject; a number follows where that one is taken."""
    words_of_it = slugify(subject.replace("’", " ").replace("'", " ")) or "lettre"
    base = f"{today:%Y-%m}-{words_of_it}"[:SLUG_LENGTH].strip("-")
    taken = set(Newsletter.objects.filter(slug__startswith=base).exclude(pk=but).values_list("slug", flat=True))
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def at_free_slug(write, subject, but=None):
    """Return what `write(slug)` does at a free address; somebody else may take it at the same moment."""
    for _ in range(TRIES - 1):
        try:
            with transaction.atomic():
                return write(new_slug(subject, timezone.localdate(), but))
        except IntegrityError:
            continue
    return write(f"{new_slug(subject, timezone.localdate(), but)}-{secrets.token_hex(4)}")


@transaction.atomic
def create_newsletter(*, model="", session=None):
    """Make a draft, empty or from a ready-made one (key of catalogue.MODELS). Raises Refusal without its session."""
    today = timezone.localdate()
    ready = MODELS.get(model)
    if ready is None:
        return at_free_slug(lambda slug: Newsletter.objects.create(subject=UNTITLED, slug=slug), UNTITLED)
    if ready.with_session and session is None:
        raise Refusal("Choisissez la séance dont parle cette lettre.")
    values = words(today, session)
    subject = typeset(ready.subject, values)[:120]
    fields = {
        "topic": ready.topic,
        "subject": subject,
        "preview": typeset(ready.preview, values)[:150],
        "model_key": ready.key,
        "segment": dict(ready.segment),
        "invitation": session if ready.invites else None,
    }
    newsletter = at_free_slug(lambda slug: Newsletter.objects.create(**fields, slug=slug), subject)
    for position, (kind, content) in enumerate(ready.blocks, 1):
        filled = _filled(kind, content, values, session)
        Block.objects.create(newsletter=newsletter, position=position, kind=kind, content=filled)
    return newsletter


def _filled(kind, content, values, session):
    if kind == BlockKind.SESSION:
        return {"session": session.pk} if session else {}
    if kind == BlockKind.PREVENTION:
        return {"text": _picked(content["tags"])}
    return {name: typeset(said, values) if isinstance(said, str) else said for name, said in content.items()}


def _picked(tags):
    """Return the text of a message that carries one of these words, or of any; not always the same."""
    usable = messages_for(tags) or messages_for()
    return usable[Newsletter.objects.count() % len(usable)].text if usable else ""


@transaction.atomic
def update_newsletter(*, newsletter, values):
    """Change the settings: topic, subject, preview, in_archive. Raises Refusal once it has begun to leave."""
    newsletter = lock_unsent(newsletter)
    renamed = values.get("subject", newsletter.subject) != newsletter.subject
    for name, value in values.items():
        setattr(newsletter, name, value)
    newsletter.save(update_fields=values.keys())
    if renamed:
        rename = Newsletter.objects.filter(pk=newsletter.pk).update
        at_free_slug(lambda slug: rename(slug=slug), newsletter.subject, but=newsletter.pk)
        newsletter.refresh_from_db(fields=["slug"])
    return newsletter


@transaction.atomic
def copy_newsletter(*, newsletter):
    """Return a draft with the same words and images of its own, whatever became of the first. Raises Refusal."""
    source = lock(newsletter)
    fields = {name: getattr(source, name) for name in KEPT_SETTINGS}
    copy = at_free_slug(lambda slug: Newsletter.objects.create(**fields, slug=slug), source.subject)
    pictures = {image.pk: image for image in source.images.all()}
    for block in source.blocks.all():
        content = dict(block.content)
        if block.kind == BlockKind.IMAGE:
            image = pictures.get(content.get("image"))
            twin = images.copy_image(image, copy) if image else None
            content = {"image": twin.pk} if twin else {}
        Block.objects.create(newsletter=copy, position=block.position, kind=block.kind, content=content)
    return copy


@transaction.atomic
def delete_newsletter(*, newsletter):
    """Delete a draft and its images. Raises Refusal of one that is scheduled, or has begun to leave."""
    newsletter = lock(newsletter)
    if newsletter.state != NewsletterState.DRAFT:
        raise Refusal("Seul un brouillon se supprime.")
    images.drop_images(newsletter.images.all())
    newsletter.delete()


# --- Its blocks -----------------------------------------------------------------------------------


@transaction.atomic
def add_block(*, newsletter, kind, content, upload=None, alt=""):
    """Add a block after the others; upload: a cleaned image, with what it shows. Raises Refusal."""
    newsletter = lock_unsent(newsletter)
    blocks = list(newsletter.blocks.all())
    if len(blocks) >= MAX_BLOCKS:
        raise Refusal(f"Une lettre compte au plus {MAX_BLOCKS} blocs\u00a0: personne n’irait au bout.")
    if kind == BlockKind.IMAGE:
        content = {"image": images.keep_image(newsletter=newsletter, file=upload, alt=alt).pk}
    renumber(blocks)
    return Block.objects.create(newsletter=newsletter, position=len(blocks) + 1, kind=kind, content=content)


@transaction.atomic
def change_block(*, block, content, upload=None, alt=""):
    """Change what a block says; of an image, what it shows, or the image too. Raises Refusal."""
    newsletter = lock_unsent(block.newsletter)
    block = found(block, newsletter.blocks.all())
    if block.kind == BlockKind.IMAGE:
        content = {"image": _changed_image(newsletter, block, upload, alt).pk}
    block.content = content
    block.save(update_fields=["content"])
    return block


def _changed_image(newsletter, block, upload, alt):
    image = LetterImage.objects.filter(newsletter=newsletter, pk=block.content.get("image")).first()
    if upload is None:
        if image is None:
            raise Refusal("Choisissez l’image.")
        image.alt = alt
        image.save(update_fields=["alt"])
        return image
    if image:
        images.drop_images([image])
    return images.keep_image(newsletter=newsletter, file=upload, alt=alt)


@transaction.atomic
def delete_block(*, block):
    """Delete a block, and its image with it. Raises Refusal."""
    newsletter = lock_unsent(block.newsletter)
    blocks = list(newsletter.blocks.all())
    block = found(block, blocks)
    if block.kind == BlockKind.IMAGE:
        images.drop_images(newsletter.images.filter(pk=block.content.get("image")))
    blocks.remove(block)
    block.delete()
    renumber(blocks)


@transaction.atomic
def shift_block(*, block, step):
    """Move a block one rank up (step -1) or down (step 1); at either end nothing changes. Raises Refusal."""
    newsletter = lock_unsent(block.newsletter)
    blocks = list(newsletter.blocks.all())
    here = blocks.index(found(block, blocks))
    blocks.insert(min(max(here + step, 0), len(blocks) - 1), blocks.pop(here))
    renumber(blocks)


def found(block, blocks):
    """Return the block as it is among those read under the lock. Raises Refusal where it is gone."""
    for one in blocks:
        if one.pk == block.pk:
            return one
    raise Refusal("Ce bloc vient d’être supprimé.")


def renumber(blocks):
    for position, one in enumerate(blocks, 1):
        if one.position != position:
            one.position = position
            one.save(update_fields=["position"])
