"""What the pages and messages of prevention hold from the first start, in resources/data/prevention/.

<part>/<order>-<name>.md: « # title », « > one sentence », then the text.
messages.txt: « key: words | sentence », one a line.
"""

from django.db import transaction

from resources.enums import PreventionPart
from resources.models import PreventionMessage, PreventionPage
from resources.services.prevention import new_slug, save_message, save_page
from resources.services.seeding import DATA, loaded

FOLDER = DATA / "prevention"


@transaction.atomic
def load_prevention():
    """Add the pages and messages that were never loaded here; return how many of each. What is there stays as it is."""
    there = loaded(PreventionPage)
    pages = [page for page in seed_pages() if page.seed_key not in there]
    for page in pages:
        page.slug = new_slug(page.slug)
        save_page(page=page)
    there, typed = loaded(PreventionMessage), set(PreventionMessage.objects.values_list("text", flat=True))
    messages = [one for one in seed_messages() if one.seed_key not in there and one.text not in typed]
    for message in messages:
        save_message(message=message)
    return len(pages), len(messages)


def seed_pages():
    """Return the pages that come with the portal, unsaved, in their order."""
    return [read_page(part, path) for part in PreventionPart for path in sorted((FOLDER / part).glob("*.md"))]


def read_page(part, path):
    title, summary, body = path.read_text(encoding="utf-8").split("\n", 2)
    name = path.stem.partition("-")[2]
    return PreventionPage(
        seed_key=f"{part}-{name}",
        slug=name,
        part=part,
        title=title.removeprefix("# "),
        summary=summary.removeprefix("> "),
        body=body.strip(),
        published=True,
    )


def seed_messages():
    """Return the messages that come with the portal, unsaved."""
    return [read_message(line) for line in (FOLDER / "messages.txt").read_text(encoding="utf-8").splitlines()]


def read_message(line):
    key, _, rest = line.partition(": ")
    words, _, text = rest.partition(" | ")
    return PreventionMessage(seed_key=key, tags=words.split(", "), text=text)
