"""The sheets of the fictional territory: invented people and services around the estuary, so that a search finds."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from cafe.demo.people import COMMUNES, DOMAIN, first_name, invented
from members.enums import Gender, Profession
from resources.enums import (
    AreaKind,
    ChangeOrigin,
    Cost,
    ResourceKind,
    ResourceState,
    Verification,
    Visibility,
)
from resources.models import Commune, Resource
from resources.services.indexing import mark_index
from resources.services.seeding import load_seed
from resources.services.seeding_prevention import load_prevention
from resources.services.sheets import create_sheet
from resources.services.words import plain

PERSON, SERVICE, ASSOCIATION, GROUP, INSTITUTION = (
    ResourceKind.PERSON, ResourceKind.SERVICE, ResourceKind.ASSOCIATION, ResourceKind.GROUP, ResourceKind.INSTITUTION,
)  # fmt: skip
# An estuary that no map shows: (latitude, longitude) of each commune.
POINTS = [
    (49.49, 0.12), (49.52, 0.19), (49.56, 0.14), (49.44, 0.22), (49.53, 0.05),
    (49.60, 0.24), (49.40, 0.30), (49.47, 0.35), (49.63, 0.08),
]  # fmt: skip
SAUVEL, BREHAIN, OUVRIN, GREVES, MONTCLARET, COURVAL, ROQUE, EPIN, FONTENELLE = COMMUNES
PRIORITY = {"priority_access": True, "delay": "Sous une semaine pour un collègue"}
CHARTER = PRIORITY | {"charter_signed_on": True}
AWAY = {"remote": True}
FREE = {"cost": Cost.FREE}


@dataclass(frozen=True)
class Sheet:
    """A sheet by key; {person} in the name becomes an invented person, `more` holds other fields of a Resource."""

    key: str
    kind: str
    name: str
    summary: str
    offers: str
    needs: str
    commune: str = ""
    more: dict = field(default_factory=dict)
    gender: str = Gender.WOMAN


SHEETS = [
    Sheet(
        "avocate", PERSON, "Maître {person}, avocate en droit de la santé",
        "Défend et conseille des soignants\u00a0: plaintes, Ordre, associés, baux.",
        "Un premier rendez-vous pour comprendre ce que l’on risque et ce qu’il faut écrire, ou ne pas écrire.",
        "droit--avocat droit--plainte", SAUVEL, PRIORITY | {"cost": Cost.PAID, "cost_words": "Premier avis gratuit"},
    ),
    Sheet(
        "permanence-juridique", ASSOCIATION, "Permanence juridique de l’Estuaire",
        "Un juriste répond aux questions de droit du cabinet\u00a0: contrats, baux, salariés, patients difficiles.",
        "Vingt minutes au téléphone, le jeudi.", "droit--avocat droit--plainte", SAUVEL, FREE | AWAY,
    ),
    Sheet(
        "controle", SERVICE, "Permanence «\u00a0contrôle et indus\u00a0»",
        "Des professionnels élus aident à répondre à un contrôle de l’Assurance maladie et à une demande d’indus.",
        "Relire le courrier de la caisse, préparer l’entretien, être accompagné devant la commission.",
        "droit--controle-assurance-maladie droit--plainte", MONTCLARET, FREE | AWAY,
    ),
    Sheet(
        "ordre-local", INSTITUTION, "Conseil départemental de l’Ordre, antenne de l’Estuaire",
        "Conciliation entre confrères ou avec un patient, contrats, questions de déontologie.",
        "L’antenne reçoit sans formalité, avant toute plainte.", "droit--ordre droit--plainte", SAUVEL, FREE,
    ),
    Sheet(
        "apres-erreur", SERVICE, "Après l’événement grave",
        "Deux soignants formés reçoivent un collègue après une erreur médicale ou le décès brutal d’un patient.",
        "Parler de ce qui s’est passé, sans enquête ni jugement\u00a0; savoir qui prévenir et dans quel ordre.",
        "droit--evenement-grave entraide--pairs", SAUVEL, FREE | CHARTER | AWAY,
    ),
    Sheet(
        "generaliste-1", PERSON, "Dr {person}, médecin généraliste",
        "Médecin traitant qui reçoit des soignants, tôt le matin et le samedi.",
        "Un vrai suivi\u00a0: prévention, arrêt, ordonnances que l’on ne se fait pas soi-même.",
        "sante--medecin-traitant sante--epuisement", SAUVEL,
        CHARTER | {"diu_trained": True, "cost": Cost.COVERED, "hours": "7\u00a0h 30 – 9\u00a0h, et le samedi matin"},
    ),
    Sheet(
        "generaliste-2", PERSON, "Dr {person}, médecin généraliste",
        "Médecin traitant, accepte des collègues et leur famille.",
        "Consultations longues sur rendez-vous.", "sante--medecin-traitant", FONTENELLE,
        CHARTER | {"cost": Cost.COVERED}, Gender.MAN,
    ),
    Sheet(
        "sante-travail", SERVICE, "Santé au travail de l’Estuaire",
        "Médecins du travail pour les cabinets qui emploient et, par une offre à part, pour les libéraux.",
        "Visite à la demande, visite de préreprise, étude du poste au cabinet.",
        "sante--sante-au-travail exercice--reprise", BREHAIN, {"cost": Cost.PAID, "cost_words": "Adhésion annuelle"},
    ),
    Sheet(
        "psychologue-1", PERSON, "{person}, psychologue",
        "Psychologue clinicienne, reçoit des soignants en soirée.",
        "Angoisse, déprime, stress, surcharge\u00a0: cinq à dix séances le plus souvent.",
        "sante--soutien-psychologique sante--epuisement", SAUVEL,
        CHARTER | {"cost": Cost.PAID, "cost_words": "55\u00a0€", "vouchers": True},
    ),
    Sheet(
        "psychologue-2", PERSON, "{person}, psychologue à distance",
        "Psychothérapie en visio pour qui ne veut pas être reconnu dans une salle d’attente.",
        "Rendez-vous entre 20\u00a0h et 22\u00a0h.", "sante--soutien-psychologique", "",
        AWAY | {"cost": Cost.PAID, "cost_words": "50\u00a0€", "vouchers": True}, Gender.MAN,
    ),
    Sheet(
        "psychiatre", PERSON, "Dr {person}, psychiatre",
        "Psychiatre hors de l’hôpital, garde des créneaux pour les soignants.",
        "Dépression, trouble bipolaire, idées suicidaires\u00a0: évaluation et traitement, en toute confidentialité.",
        "sante--psychiatrie sante--epuisement", MONTCLARET, CHARTER | {"cost": Cost.COVERED},
    ),
    Sheet(
        "addictologie", SERVICE, "Consultation d’addictologie des soignants",
        "Alcool, médicaments, cannabis, cocaïne\u00a0: une consultation confidentielle, à l’écart de l’hôpital.",
        "Médecin et psychologue\u00a0; dossier à part, pseudonyme possible.", "sante--addictions", EPIN,
        CHARTER | {"cost": Cost.COVERED} | AWAY,
    ),
    Sheet(
        "addictions-association", ASSOCIATION, "Sobres ensemble",
        "Un groupe d’entraide entre personnes qui ont arrêté de boire ou qui le veulent.",
        "Une réunion par semaine, anonyme.", "sante--addictions entraide--groupe-de-parole", BREHAIN, FREE,
    ),
    Sheet(
        "consultation-burn-out", SERVICE, "Consultation épuisement professionnel",
        "Un médecin et une psychologue évaluent le burn-out et bâtissent un plan\u00a0: arrêt, soins, reprise.",
        "Deux heures, puis un compte rendu que vous seul recevez.", "sante--epuisement exercice--reprise", COURVAL,
        {"cost": Cost.COVERED, "delay": "Trois semaines"},
    ),
    Sheet(
        "sommeil", SERVICE, "Consultation du sommeil",
        "Insomnie, horaires décalés, gardes\u00a0: comprendre pourquoi l’on dort mal.",
        "Un bilan, puis un programme de quatre séances, en partie à distance.", "sante--epuisement", MONTCLARET,
        AWAY | {"cost": Cost.COVERED},
    ),
    Sheet(
        "balint", GROUP, "Groupe Balint de l’Estuaire",
        "Un soir par mois, huit soignants parlent d’un patient qui les occupe.",
        "Animé par deux leaders formés\u00a0; toutes professions.", "entraide--groupe-de-parole entraide--pairs",
        SAUVEL, {"cost": Cost.PAID, "cost_words": "10\u00a0€ la soirée", "vouchers": True},
    ),
    Sheet(
        "pairs-infirmiers", GROUP, "Groupe d’échange de pratiques des infirmières libérales",
        "Six fois l’an, pour ne pas rester seule avec ses tournées.",
        "Situations de soins, organisation, entraide.", "entraide--pairs entraide--groupe-de-parole", OUVRIN,
        FREE | {"professions": [Profession.NURSE, Profession.ADVANCED_NURSE]},
    ),
    Sheet(
        "deuil", ASSOCIATION, "Après la mort d’un patient",
        "Groupe de parole pour les soignants qui accompagnent des fins de vie.",
        "Deuil, soins palliatifs, décès d’un enfant\u00a0: en parler avec un psychologue.",
        "entraide--groupe-de-parole sante--soutien-psychologique", EPIN, FREE,
    ),
    Sheet(
        "mediation", PERSON, "{person}, médiatrice entre associés",
        "Aide des associés en conflit à se parler, ou à se séparer sans procès.",
        "Trois rencontres, un accord écrit si chacun le veut.", "exercice--conflit-entre-associes", SAUVEL,
        {"cost": Cost.PAID, "cost_words": "À partager entre associés"},
    ),
    Sheet(
        "comptable", ASSOCIATION, "Association de gestion des libéraux de santé",
        "Comptabilité, trésorerie, cotisations\u00a0: voir clair avant que la dette ne grandisse.",
        "Un rendez-vous «\u00a0y voir clair\u00a0» offert.", "ressources--dettes exercice--organisation-du-cabinet",
        SAUVEL, AWAY | {"cost": Cost.PAID},
    ),
    Sheet(
        "conseil-budget", SERVICE, "Point conseil budget de l’Estuaire",
        "Dettes, crédits, impôts, surendettement\u00a0: un conseiller neutre, pour toute la famille.",
        "Échéancier avec l’Urssaf, dossier de surendettement.", "ressources--dettes ressources--aide-financiere",
        BREHAIN, FREE,
    ),
    Sheet(
        "prevoyance", PERSON, "{person}, conseillère en prévoyance",
        "Relit les contrats de prévoyance des libéraux, sans rien vendre.",
        "Délai de carence, indemnités journalières, invalidité\u00a0: ce que votre contrat paie vraiment.",
        "ressources--prevoyance ressources--assurance ressources--arret-maladie", MONTCLARET,
        AWAY | {"cost": Cost.PAID, "cost_words": "60\u00a0€ l’heure"},
    ),
    Sheet(
        "arret", SERVICE, "S’arrêter quand on est libéral\u00a0: le mode d’emploi",
        "Une personne de la CPTS aide à organiser un arrêt maladie\u00a0: caisse, indemnités, cabinet, patients.",
        "Une heure au téléphone, une liste de démarches, et un rappel deux semaines plus tard.",
        "ressources--arret-maladie ressources--prevoyance exercice--remplacement", SAUVEL, FREE | AWAY | PRIORITY,
    ),
    Sheet(
        "service-social", SERVICE, "Service social de l’Estuaire",
        "Une assistante sociale pour les soignants et leur famille.",
        "Handicap, logement, séparation, parent âgé\u00a0: droits et démarches.",
        "ressources--service-social ressources--aide-financiere", SAUVEL, FREE,
    ),
    Sheet(
        "remplacement", SERVICE, "Bourse de remplacement de la CPTS",
        "Trouver un remplaçant en urgence ou pour les vacances, toutes professions.",
        "Une annonce transmise le jour même à soixante remplaçants du territoire.", "exercice--remplacement", SAUVEL,
        FREE | AWAY | PRIORITY,
    ),
    Sheet(
        "remplacantes-idel", GROUP, "Collectif des infirmières remplaçantes",
        "Une dizaine d’infirmières remplaçantes, joignables par un seul numéro.",
        "Remplacement au pied levé d’une tournée.", "exercice--remplacement", GREVES,
        {"professions": [Profession.NURSE], "cost": Cost.PAID},
    ),
    Sheet(
        "organisation", SERVICE, "Mieux organiser son cabinet",
        "Une consultante regarde agenda, secrétariat, messages et paperasse, et propose trois changements.",
        "Deux demi-journées au cabinet.", "exercice--organisation-du-cabinet", ROQUE,
        {"cost": Cost.PAID, "cost_words": "Pris en charge à moitié par la CPTS"},
    ),
    Sheet(
        "secretariat", SERVICE, "Secrétariat partagé du Bac",
        "Trois secrétaires répondent au téléphone pour douze cabinets.",
        "Prise de rendez-vous, filtrage des demandes, relances.", "exercice--organisation-du-cabinet", FONTENELLE,
        AWAY | {"cost": Cost.PAID},
    ),
    Sheet(
        "reprise", SERVICE, "Reprendre après un arrêt",
        "Un ergothérapeute et un médecin préparent le retour au travail, à temps partiel d’abord.",
        "Essai encadré, adaptation du cabinet, suivi de trois mois.", "exercice--reprise", COURVAL,
        {"cost": Cost.COVERED},
    ),
    Sheet(
        "reconversion", ASSOCIATION, "Soigner autrement",
        "Bilan de compétences pour soignants qui veulent changer de métier ou d’exercice.",
        "Libéral, salariat, enseignement, tout autre chose\u00a0: douze heures d’entretiens.", "exercice--reconversion",
        SAUVEL, AWAY | {"cost": Cost.PAID},
    ),
    Sheet(
        "veilleur", SERVICE, "Soirées veilleur-guetteur de la CPTS",
        "Apprendre à repérer un collègue qui va mal, à l’aborder et à l’orienter.",
        "Une soirée, des situations jouées, un mémo.", "exercice--formation entraide--aide-a-un-collegue", MONTCLARET,
        FREE,
    ),
    Sheet(
        "securite", INSTITUTION, "Référente sécurité des soignants",
        "Une policière conseille et prend la plainte au cabinet après une agression, des insultes ou des menaces.",
        "Plainte sans donner son adresse personnelle, visite de sécurité des locaux.", "violences--agression", SAUVEL,
        FREE,
    ),
    Sheet(
        "victimes", ASSOCIATION, "Aide aux victimes de l’Estuaire",
        "Juriste et psychologue pour qui a été agressé, menacé ou harcelé.",
        "Accompagnement jusqu’au procès.", "violences--agression violences--harcelement droit--avocat", BREHAIN, FREE,
    ),
    Sheet(
        "maison-des-femmes", SERVICE, "Maison des femmes de l’Estuaire",
        "Violences dans le couple ou la famille\u00a0: soins, écoute et démarches au même endroit.",
        "Sans rendez-vous le mardi\u00a0; entrée discrète.", "violences--violences-conjugales", SAUVEL, FREE,
    ),
    Sheet(
        "internes", SERVICE, "Écoute des internes et des étudiants",
        "Une écoute pour les étudiants en santé et les internes en stage sur le territoire.",
        "Stage difficile, harcèlement, doute\u00a0: par des pairs, puis un médecin.",
        "entraide--ecoute entraide--pairs violences--harcelement", SAUVEL,
        FREE | AWAY | {"professions": [Profession.STUDENT]},
    ),
    Sheet(
        "parents", ASSOCIATION, "Relais parents soignants",
        "Garde d’enfants tôt, tard et au pied levé, grossesse et congé maternité des libérales.",
        "Un réseau d’assistantes maternelles qui connaissent nos horaires.",
        "ressources--service-social exercice--organisation-du-cabinet", OUVRIN, {"cost": Cost.PAID},
    ),
    Sheet(
        "aidants", ASSOCIATION, "Halte aidants",
        "Pour les soignants qui sont aussi les aidants d’un parent ou d’un conjoint malade.",
        "Répit à domicile, droits, groupe de parole.", "ressources--service-social entraide--groupe-de-parole",
        EPIN, FREE,
    ),
    Sheet(
        "repit", SERVICE, "La chambre du phare",
        "Un studio prêté deux à sept nuits à un soignant qui doit s’éloigner de chez lui.",
        "Adresse donnée au téléphone.", "ressources--service-social violences--violences-conjugales", "",
        FREE | {"visibility": Visibility.ACCOUNT},
    ),
    Sheet(
        "psychiatre-pairs", PERSON, "Dr {person}, psychiatre d’appui des pairs",
        "Répond dans la journée aux pairs écoutants inquiets après un entretien.",
        "Avis sur l’urgence et l’orientation.", "entraide--aide-a-un-collegue sante--psychiatrie", SAUVEL,
        CHARTER | {"visibility": Visibility.PEERS},
    ),
    Sheet(
        "supervision", PERSON, "{person}, supervision des pairs",
        "Reçoit les pairs écoutants, un soir sur deux mois.", "Reprendre ce que les entretiens laissent.",
        "entraide--groupe-de-parole", MONTCLARET, FREE | {"visibility": Visibility.PEERS}, Gender.MAN,
    ),
]  # fmt: skip
# Sheets whose state says that something is to be done: (key, state, months since they were checked).
UNSETTLED = {"organisation": (ResourceState.PUBLISHED, 9), "secretariat": (ResourceState.SUSPENDED, 26)}


def load_directory():
    """Load what comes with the portal, the communes and the sheets that are missing; change nothing that is there."""
    load_seed()
    load_prevention()
    load_communes()
    keys = set(Resource.objects.filter(seed_key__startswith="demo-").values_list("seed_key", flat=True))
    faker, today = invented(7), timezone.localdate()
    # Every name is drawn, so that a sheet keeps its own whichever are missing.
    rows = [(f"demo-{sheet.key}", values_of(sheet, number, faker, today)) for number, sheet in enumerate(SHEETS)]
    for (key, values), sheet in zip(rows, SHEETS, strict=True):
        if key not in keys:
            create_sheet(
                values=values | {"seed_key": key},
                needs=sheet.needs.split(),
                state=UNSETTLED.get(sheet.key, (ResourceState.PUBLISHED, 0))[0],
                origin=ChangeOrigin.PORTAL,
            )


def load_communes():
    known = set(Commune.objects.values_list("key", flat=True))
    rows = [(name, plain(name), point) for name, point in zip(COMMUNES, POINTS, strict=True)]
    new = [Commune(name=name, key=key, latitude=at[0], longitude=at[1]) for name, key, at in rows if key not in known]
    if Commune.objects.bulk_create(new):
        mark_index()


def values_of(sheet, number, faker, today):
    """Return the fields of a sheet, with an invented person, a telephone kept for fiction and recent checks."""
    person = f"{first_name(faker, sheet.gender)} {faker.last_name()}"
    months = UNSETTLED.get(sheet.key, (None, 1 + number % 5))[1]
    more = dict(sheet.more)
    if more.get("charter_signed_on"):
        more["charter_signed_on"] = today - timedelta(days=200 + number)
    return {
        "kind": sheet.kind,
        "name": sheet.name.format(person=person),
        "summary": sheet.summary,
        "offers": sheet.offers,
        "phone": f"02 61 91 01 {number:02}",
        "verification_email": f"ressource-{sheet.key}{DOMAIN}",
        "own_access": "Appelez, et dites que vous êtes soignant.",
        "commune": sheet.commune,
        "on_site": bool(sheet.commune) or "remote" not in more,
        "area_kind": AreaKind.DEPARTEMENT,
        "area": "L’Estuaire et ses environs",
        "contact_agreed_on": today - timedelta(days=150) if sheet.kind == PERSON else None,
        "verified_on": today - timedelta(days=30 * months),
        "verification": Verification.ITSELF,
    } | more
