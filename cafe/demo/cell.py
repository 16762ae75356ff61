"""The listening cell of the demonstration, by its own services: ceremony, peers, hours, two cases, one publication.

Nothing here is a secret: the passphrase of everybody is printed, and so is the code of the case that goes on. Keys are
wrapped for good, at the real cost: nine derivations of half a second to a second each.
"""

from datetime import timedelta
from itertools import islice

from django.db import transaction
from django.utils import timezone

from cafe.demo.people import DOMAIN
from cafe.errors import Refusal
from listening_cell import counting, vault
from listening_cell.enums import Weekday
from listening_cell.models import Case, Debriefing, Peer, Referent
from listening_cell.services import (
    arrangements,
    asking,
    audit,
    availability,
    casework,
    closing,
    following,
    interviews,
    keys,
    publishing,
    slips,
)
from members.enums import Profession
from members.models import User
from resources.models import Resource

PASSPHRASE = "tisane lampe velours marée sentier"  # noqa: S105 - printed on purpose, as the password is
PENDING, ENDED = "cafe demo, a case that goes on", "cafe demo, a case that is closed"
TUESDAY, THURSDAY = Weekday.TUESDAY, Weekday.THURSDAY
# Name of the account: (experienced, weekly hours). The first two share most of theirs.
PEERS = {
    "ecoute1": (True, {(TUESDAY, 18), (TUESDAY, 19), (THURSDAY, 13), (Weekday.SATURDAY, 10)}),
    "ecoute2": (False, {(TUESDAY, 18), (TUESDAY, 19), (THURSDAY, 13)}),
    "ecoute3": (False, {(TUESDAY, 19), (Weekday.WEDNESDAY, 12), (Weekday.SATURDAY, 10)}),
}
ARRANGEMENTS = {
    "answer_days": 3,
    "daily_cap": 12,
    "notice_hours": 24,
    "place": "Maison des associations de Port-Sauvel, 2e étage. Entrez par la cour\u00a0: on n’y croise personne.",
    "phone_words": "L’un des pairs vous appelle à l’heure dite, d’un numéro masqué. L’autre est en ligne avec vous.",
}
REQUEST = casework.Request(
    for_whom="self",
    profession=Profession.NURSE.value,
    mode="place",
    commune="Bréhainville",
    name="Camille",
    words="Depuis la rentrée je n’arrête plus, et le dimanche soir je pleure. Je ne sais pas par où commencer.",
)
OLD_REQUEST = casework.Request(
    for_whom="colleague", profession=Profession.MIDWIFE.value, mode="phone", commune="Montclaret"
)
INTERVIEW = {
    "held": "held",
    "themes": ["overload", "sleep"],
    "addictions": [],
    "alert": "watch",
    "agreed": "Un rendez-vous chez son médecin traitant avant notre prochain entretien.",
    "narrative": "Épuisée, parle d’arrêter la tournée du dimanche. Pas d’idées noires, la question a été posée.",
    "next": "",
}
LAST_INTERVIEW = INTERVIEW | {
    "themes": ["associates"],
    "alert": "none",
    "agreed": "Une réunion du cabinet est fixée. Elle nous recontacte si besoin.",
    "narrative": "Le différend avec l’associée est en passe de se régler.",
}
# What the 26 cases of the past year counted for: how many of each answer, in the order of the slips.
COUNTED = {
    "profession": {"soins": 12, "medecins": 6, "reeducation": 4, "sages-femmes-dentistes": 2, "etudiants": 2},
    "talks": {"2-3": 13, "4-6": 6, "1": 4, "7+": 3},
    "beneficiary": {"collegue": 15, "soi": 11},
    "through": {"collegue": 12, "portail": 6, "activite": 5, "papier": 3},
}
MOTIVES = {"charge": 15, "collegues": 12, "sante": 9, "erreur": 4}
ORIENTATIONS = {"psychologie": 13, "medecin": 11, "organisation": 6}
HANDED_OVER = (14, 11, 5)


def person(name):
    return User.objects.filter(email=name + DOMAIN).first()


def demo_receipt(nonce=PENDING):
    return vault.receipt_of(audit.pepper(), nonce)


def told():
    """Return the lines that open the cell of the demonstration; none where it has none."""
    if not Peer.objects.filter(user__email="ecoute1" + DOMAIN).exists():
        return []
    lines = [f"Cellule d’écoute, phrase des trois pairs et du référent : « {PASSPHRASE} »"]
    if casework.open_by_receipt(demo_receipt()):
        lines.append(f"Code de suivi d’une demande en cours, à /ecoute/suivi/ : {vault.grouped(demo_receipt())}")
    return lines


# --- Loading --------------------------------------------------------------------------------------


def load_cell():
    """Fill the cell where the demonstration's own referent may hold the ceremony; change nothing where there is one.

    The ceremony comes first, in a transaction of its own: the file of its verify key is written once that is over, and
    nothing can be signed before. Where it stopped half way, the rest is done the next time.
    """
    if Peer.objects.exists() or not all(map(person, [*PEERS, "referent"])):
        return
    try:
        referent = own_referent()
    except Refusal:  # a ROOT that is not ours: its ceremony's file is there, or the environment names it
        return
    if referent:
        private = keys.unlock(holder=referent, passphrase=PASSPHRASE)
        fill(referent, private)


def own_referent():
    """Return the demonstration's referent, who holds ROOT; None where somebody else does. Raises Refusal."""
    user = person("referent")
    if not Referent.objects.exists():
        return keys.hold_ceremony(user=user, passphrase=PASSPHRASE).holder
    return Referent.objects.filter(user=user, state=Referent.State.SIGNED).first()


@transaction.atomic
def fill(referent, private):
    root = keys.root_of(referent=referent, private=private)
    arrangements.set_arrangements(**ARRANGEMENTS)
    peers = [enrolled(name, seasoned, referent, root) for name, (seasoned, _) in PEERS.items()]
    for peer, (_, hours) in zip(peers, PEERS.values(), strict=True):
        availability.set_weekly_hours(peer=peer, hours=hours)
    Debriefing.objects.create(day=timezone.localdate() - timedelta(days=20), place="Port-Sauvel").peers.set(peers)
    publish_past_year(referent, private)
    follow_a_case()
    close_a_case()


def enrolled(name, seasoned, referent, root):
    peer = keys.invite(model=Peer, user=person(name), actor=referent.pk, seasoned=seasoned)
    keys.make_key(holder=peer, passphrase=PASSPHRASE)
    return keys.sign_holder(holder=peer, root=root, actor=referent.pk)


# --- The publication of the past year -------------------------------------------------------------


def publish_past_year(referent, private):
    for slip in past_slips():
        slips.keep(slip)
    publishing.publish(referent=referent, private=private)


def past_slips():
    """Return 26 slips. Boxes are ticked from the last slip backwards: no two lists follow one another."""
    answers = [dict(zip(COUNTED, row, strict=True)) for row in zip(*map(repeated, COUNTED.values()), strict=True)]
    sheets = Resource.objects.public().order_by("pk").values_list("pk", flat=True)[: len(HANDED_OVER)]
    handed = dict(zip(map(str, sheets), HANDED_OVER, strict=False))
    return [
        counting.Slip(
            **row,
            motives=ticked(MOTIVES, rank),
            orientations=ticked(ORIENTATIONS, len(answers) - 1 - rank),
            resources=tuple(ticked(handed, (rank + 9) % len(answers))),
        )
        for rank, row in enumerate(answers)
    ]


def repeated(numbers):
    return [answer for answer, number in numbers.items() for _ in range(number)]


def ticked(numbers, rank):
    return [answer for answer, number in numbers.items() if rank < number]


# --- Two cases ------------------------------------------------------------------------------------


def follow_a_case():
    """A request of two weeks ago: a first talk was held, the next is to come, and the last message waits for a peer."""
    offer = asking.offer(profession=REQUEST.profession)
    asked = asking.ask(nonce=PENDING, request=REQUEST, starts_at=next(iter(offer.slots), None))
    opened, envelopes = taken_up(asked, weeks=2)
    write_interview(opened, envelopes[0], INTERVIEW, ago=timedelta(days=5), sheets=2)
    words = "Merci de votre confiance, Camille. Pensez au rendez-vous chez votre médecin. À bientôt."
    following.send_message(opened=opened, envelope=envelopes[0], words=words)
    casework.write_message(
        opened=opened, author=casework.REQUESTER, content="C’est pris pour lundi. Merci à vous deux."
    )


def close_a_case():
    """A request of five weeks ago, two talks held, closed and counted: its slip waits for the next publication."""
    opened, [envelope, other] = taken_up(asking.ask(nonce=ENDED, request=OLD_REQUEST), weeks=5)
    write_interview(opened, envelope, INTERVIEW | {"themes": ["associates"]}, ago=timedelta(days=25), sheets=1)
    write_interview(opened, other, LAST_INTERVIEW, ago=timedelta(days=6), sheets=0)
    slip = counting.Slip(
        "sages-femmes-dentistes", "2-3", "collegue", "activite", motives=["collegues"], orientations=["organisation"]
    )
    closing.close(opened=opened, envelope=envelope, slip=slip)


def taken_up(asked, *, weeks):
    """Let both peers read what was Asked so many weeks ago; return (Opened, [envelopes, the seasoned peer's first])."""
    case = asked.opened.case
    Case.objects.filter(pk=case.pk).update(week=audit.this_week() - timedelta(weeks=weeks))
    envelopes = list(case.envelopes.select_related("case").order_by("-peer__seasoned", "pk"))
    for envelope in envelopes:
        following.take_up(opened=asked.opened, envelope=envelope)
    return asked.opened, envelopes


def write_interview(opened, envelope, content, *, ago, sheets):
    given = islice(Resource.objects.public().order_by("pk").values_list("slug", flat=True), sheets)
    whole = content | {"day": (timezone.localdate() - ago).isoformat(), "resources": list(given)}
    interviews.write_interview(opened=opened, envelope=envelope, content=whole)
