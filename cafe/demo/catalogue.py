"""What the fictional territory offers: its portal's identity, its activities, where they take place and who leads."""

from dataclasses import dataclass
from types import SimpleNamespace

from activities.enums import ActivityKind
from activities.models import Activity, Facilitator, Place
from cafe.demo.people import COMMUNES, DOMAIN, first_name, invented
from cafe.models import Portal
from members.enums import Gender

PORTAL = {
    "name": "Café des Soignants",
    "cpts": "CPTS du Val d’Estuaire",
    "contact_email": "contact@val-estuaire.example",
    "contact_phone": "02 61 91 00 12",
    "confidential_contact": "ecoute@confidentiel.example",
    "address": "12 quai des Mouettes\nPort-Sauvel",
    "publisher": "La présidence de la CPTS du Val d’Estuaire",
    "host_provider": "Portail de démonstration, hébergé sur cette machine",
    "communes": "\n".join(COMMUNES),
}
# key: (name, address, commune, wheelchair, parking, transport)
PLACES = {
    "cpts": (
        "Local de la CPTS", "12 quai des Mouettes", "Port-Sauvel", True,
        "parking gratuit derrière le bâtiment", "bus 3, arrêt Quai des Mouettes",
    ),
    "docks": (
        "Gymnase des Docks", "4 rue du Bassin", "Port-Sauvel", True,
        "parking du gymnase, 40 places", "tramway A, arrêt Les Docks",
    ),
    "nord": (
        "Maison de santé Nord", "27 route de Montclaret", "Montclaret", True,
        "parking de la maison de santé", "bus 7, arrêt Maison de santé",
    ),
    "tilleuls": (
        "Salle des Tilleuls", "Place de l’Église", "Épinolles", False,
        "sur la place", "",
    ),
    "greves": (
        "Cale des Grèves", "Boulevard de la Plage", "Les Hautes-Grèves", False,
        "parking de la plage, gratuit hors été", "bus 12, arrêt La Plage",
    ),
    "atelier": (
        "Atelier du Bac", "9 chemin du Bac", "Fontenelle-le-Bac", None,
        "le long du chemin", "",
    ),
}  # fmt: skip
# key: (gender, title, presentation)
FACILITATORS = {
    "hypnose": (Gender.WOMAN, "médecin généraliste, hypnose médicale", "Exerce en libéral, formée à l’hypnose."),
    "relaxation": (Gender.MAN, "masseur-kinésithérapeute", "Anime des séances de relaxation depuis dix ans."),
    "pilates": (Gender.WOMAN, "masseur-kinésithérapeute", "Formée au Pilates, en petits groupes."),
    "boxe": (Gender.MAN, "éducateur sportif, club de boxe", "Boxe sans contact, pour tous les niveaux."),
    "corps": (Gender.WOMAN, "professeure de yoga et de tai-chi", "Une pratique simple, sans croyance à partager."),
    "attention": (Gender.MAN, "psychologue", "Instructeur de pleine conscience."),
    "dehors": (Gender.WOMAN, "accompagnatrice de randonnée", "Connaît chaque sentier de l’estuaire."),
    "terre": (Gender.WOMAN, "céramiste", "Ouvre son atelier à de petits groupes."),
    "veille": (Gender.MAN, "médecin, formé à l’aide aux soignants", "Forme des veilleurs-guetteurs."),
}


@dataclass(frozen=True)
class Offer:
    """An activity, and what its sessions have unless said otherwise; facilitator and place by key, fee in euros."""

    title: str
    facilitator: str
    place: str
    fee: int
    summary: str
    equipment: str = ""
    clothing: str = ""
    kind: str = ActivityKind.WELLBEING

    def habits(self):
        names = ["facilitator", "place", "fee", "equipment", "clothing"]
        return {name: getattr(self, name) for name in names}


WALK = {"equipment": "Une gourde, un coupe-vent.", "clothing": "Chaussures de marche."}
BIKE = {"equipment": "Votre vélo et un casque.", "clothing": "Un gilet réfléchissant."}
BOXING = {"equipment": "Une gourde\u00a0; les gants sont prêtés.", "clothing": "Baskets propres."}
CLAY = {"equipment": "Un tablier.", "clothing": "Des vêtements qui ne craignent rien."}
MAT = {"equipment": "Un tapis si vous en avez un.", "clothing": "Souple."}
SUPPLE = {"clothing": "Souple, avec des chaussures plates."}
COMFORT = {"clothing": "Confortable."}
TRAINING = {"kind": ActivityKind.TRAINING}
ANNUAL = {"kind": ActivityKind.ANNUAL, "summary": "Un avant-goût, pendant la rencontre annuelle de la CPTS."}
OFFERS = {
    "hypnose": Offer(
        "Hypnose et auto-hypnose", "hypnose", "cpts", 10,
        "Découvrir l’hypnose, et repartir avec un exercice à refaire seul.", **COMFORT,
    ),
    "relaxation": Offer("Relaxation", "relaxation", "nord", 5, "Relâcher les épaules, le dos et la journée.", **MAT),
    "boxe": Offer("Boxe douce", "boxe", "docks", 5, "Se défouler sans contact, à son rythme.", **BOXING),
    "pilates": Offer(
        "Pilates", "pilates", "nord", 8, "Renforcer le dos en douceur, débutants bienvenus.", **MAT
    ),
    "tai-chi": Offer(
        "Tai-chi", "corps", "tilleuls", 5, "Des gestes lents pour souffler après le travail.", **SUPPLE
    ),
    "yoga": Offer("Yoga", "corps", "tilleuls", 8, "Étirements et respiration, sans performance.", **MAT),
    "pleine-conscience": Offer(
        "Pleine conscience", "attention", "cpts", 10,
        "Des exercices d’attention, courts, à garder pour les tournées.", **COMFORT,
    ),
    "marche": Offer(
        "Marche sur le littoral", "dehors", "greves", 5,
        "Cinq kilomètres entre la plage et les dunes, à une allure qui permet de parler.", **WALK,
    ),
    "velo": Offer(
        "Balade à vélo", "dehors", "greves", 5, "Quinze kilomètres sans côte, le long de l’estuaire.", **BIKE
    ),
    "terre": Offer(
        "Atelier terre", "terre", "atelier", 10, "Modeler un bol, les mains occupées et la tête ailleurs.", **CLAY
    ),
    "veilleur": Offer(
        "Veilleur-guetteur\u00a0: repérer un collègue en difficulté", "veille", "nord", 0,
        "Repérer, aborder, orienter\u00a0: veiller, ce n’est pas prendre en charge.", **TRAINING,
    ),
    "risques": Offer(
        "Nos métiers, nos risques\u00a0: se ménager", "veille", "cpts", 0,
        "Reconnaître ses propres signes de fatigue, et savoir à qui en parler.", **TRAINING,
    ),
    "annuelle-tai-chi": Offer(
        "Rencontre annuelle\u00a0: découverte du tai-chi", "corps", "docks", 0, **SUPPLE, **ANNUAL
    ),
    "annuelle-relaxation": Offer(
        "Rencontre annuelle\u00a0: découverte de la relaxation", "relaxation", "docks", 0, **COMFORT, **ANNUAL
    ),
}  # fmt: skip
DESCRIPTIONS = {
    ActivityKind.WELLBEING: (
        "La séance commence par l’activité, puis un moment convivial, sans alcool, pour se parler. "
        "Un ou deux membres de l’équipe vous accueillent. Aucun niveau n’est demandé."
    ),
    ActivityKind.TRAINING: (
        "Une soirée entre professionnels, avec des situations concrètes et du temps pour les questions. "
        "Vous repartez avec des repères simples et des contacts utiles."
    ),
    ActivityKind.ANNUAL: "Une séance de découverte ouverte à tous les participants de la rencontre annuelle.",
}


def load_catalogue():
    """Create what is missing; return activities, places and facilitators by key."""
    Portal.objects.get_or_create(pk=1, defaults=PORTAL)
    return SimpleNamespace(
        activities={key: activity(offer) for key, offer in OFFERS.items()},
        places={key: place(*row) for key, row in PLACES.items()},
        facilitators=load_facilitators(),
    )


def activity(offer):
    wanted = {"kind": offer.kind, "summary": offer.summary, "description": DESCRIPTIONS[offer.kind]}
    return Activity.objects.get_or_create(title=offer.title, defaults=wanted)[0]


def place(name, *details):
    fields = zip(["address", "commune", "wheelchair", "parking", "transport"], details, strict=True)
    return Place.objects.get_or_create(name=name, defaults=dict(fields))[0]


def load_facilitators():
    faker, found = invented(3), {}
    for number, (key, (gender, title, presentation)) in enumerate(FACILITATORS.items(), start=1):
        first = first_name(faker, gender)
        wanted = {
            "name": f"{first} {faker.last_name()}",
            "title": title,
            "presentation": presentation,
            "phone": f"06 39 98 00 {number:02}",
        }
        email = f"intervenant-{key}{DOMAIN}"
        found[key] = Facilitator.objects.get_or_create(email=email, defaults=wanted)[0]
    return found
