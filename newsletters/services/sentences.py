"""How far a newsletter is, in a sentence that is read aloud as well as seen."""

from cafe.templatetags.french import clock, day
from newsletters.enums import NewsletterState

NBSP = "\u00a0"
ADVANCING, LAST_GONE = "L’envoi avance", "Les dernières lettres viennent de partir"


def number(count):
    """Return « 10 000 »."""
    return f"{count:,}".replace(",", NBSP)


def letters(count):
    return f"{number(count)}{NBSP}lettre{'s' if count > 1 else ''}"


def sentence_of(newsletter, counts):
    """Return the one sentence of a newsletter's state; counts: see figures.counts_of."""
    tried, total = counts["total"] - counts["waiting"] - counts["leaving"], counts["total"]
    far = f"{number(tried)} sur {letters(total)}"
    sent = f"{letters(counts['sent'])} sur {number(total)}"
    moment = newsletter.scheduled_for
    return {
        NewsletterState.DRAFT: "Cette lettre est un brouillon.",
        NewsletterState.SCHEDULED: f"Part le {day(moment)} à {clock(moment)}." if moment else "",
        NewsletterState.SENDING: f"{ADVANCING if tried < total else LAST_GONE}{NBSP}: {far}.",
        NewsletterState.PAUSED: f"L’envoi est suspendu{NBSP}: {far}.",
        NewsletterState.STOPPED: f"L’envoi a été arrêté{NBSP}: {sent}.",
        NewsletterState.SENT: f"L’envoi est terminé{NBSP}: {sent}.",
    }[newsletter.state]
