"""The WHO-5 index and its words. Nothing here is computed: the sum is made in the reader's own browser, or by hand.

Source: WHO (Five) Well-Being Index, World Health Organization, 1998 version, in its published French wording, which may
be used freely. Each answer counts 0 to 5 and the sum, times 4, goes from 0 to 100: 50 or less says to look closer, 28
or less to talk to somebody.
"""

from dataclasses import dataclass

FACTOR = 4
ITEMS = (
    "Je me suis senti(e) bien et de bonne humeur",
    "Je me suis senti(e) calme et tranquille",
    "Je me suis senti(e) plein(e) d’énergie et vigoureux(se)",
    "Je me suis réveillé(e) en me sentant frais(che) et dispos(e)",
    "Ma vie quotidienne a été remplie de choses intéressantes",
)
ANSWERS = (
    (5, "Tout le temps"),
    (4, "La plupart du temps"),
    (3, "Plus de la moitié du temps"),
    (2, "Moins de la moitié du temps"),
    (1, "De temps en temps"),
    (0, "Jamais"),
)


@dataclass(frozen=True)
class Band:
    """What one says to who finds a result between low and high, of 0 to 100; ways: what is offered first, in order."""

    low: int
    high: int
    title: str
    words: str
    ways: tuple
    urgent: bool = False


BANDS = (
    Band(
        low=0,
        high=28,
        title="C’est beaucoup à porter.",
        words="Ces deux semaines ont l’air d’avoir été très dures. Un nombre n’est pas un diagnostic ; celui-ci dit "
        "seulement qu’il ne faut pas rester seul avec cela. Parlez-en cette semaine à un médecin qui n’est pas vous, "
        "ou à deux pairs.",
        ways=("peers", "directory"),
        urgent=True,
    ),
    Band(
        low=29,
        high=50,
        title="Cela mérite que l’on s’y arrête.",
        words="Votre bien-être est bas en ce moment. Cela arrive, et c’est toujours une raison d’en parler : à un "
        "médecin, à un proche, à des pairs. Refaites le point dans deux semaines ; s’il reste bas, n’attendez plus.",
        ways=("peers", "directory", "sessions"),
    ),
    Band(
        low=51,
        high=75,
        title="Cela tient, avec des hauts et des bas.",
        words="La plupart des jours vous portent. Regardez la phrase où vous avez répondu le plus bas : c’est sans "
        "doute par là que l’on peut commencer. Un moment à soi, avec d’autres, y aide souvent.",
        ways=("sessions", "peers"),
    ),
    Band(
        low=76,
        high=100,
        title="Vous allez plutôt bien.",
        words="Gardez ce qui vous fait du bien, et la place que vous lui donnez. Peut-être est-ce aussi le moment de "
        "prendre des nouvelles d’un collègue.",
        ways=("sessions", "colleague"),
    ),
)
