"""How far a newsletter is, in a sentence that is read aloud as well as seen."""

from cafe.templatetags.french import clock, day
from newsletters.enums import NewsletterState

NBSP = "\u00a0"


def number(count):
    """Return « 10 000 »."""
    return f"{count:,}".replace(",", NBSP)


def letters(count):
    return f"{number(count)}{NBSP}lettre{'s' if count > 1 else ''}"


def sentence_of(newsletter, counts):
    """Return the one sentence of a newsletter's state; counts: see figures.counts_of."""
    tried, total = counts["total"] - counts["waiting"] - counts["leaving"], counts["total"]
    far = f"{number(tried)} sur {letters(total)}"
    match newsletter.state:
        case NewsletterState.DRAFT:
            return "Cette lettre est un brouillon."
        case NewsletterState.SCHEDULED:
            return f"Part le {day(newsletter.scheduled_for)} à {clock(newsletter.scheduled_for)}."
        case NewsletterState.SENDING:
            return f"L’envoi avance{NBSP}: {far}."
        case NewsletterState.PAUSED:
            return f"L’envoi est suspendu{NBSP}: {far}."
        case NewsletterState.STOPPED:
            return f"L’envoi a été arrêté{NBSP}: {letters(counts['sent'])} sur {number(total)}."
    return f"L’envoi est terminé{NBSP}: {letters(counts['sent'])} sur {number(total)}."
