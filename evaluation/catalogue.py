"""Ready-made questionnaires, as plain data; `services.building.create_survey(model=…)` makes a draft of one.

What is asked again and again is given a key that stays from copy to copy (Question.national_key): "satisfaction", the
mark out of ten of a session; "who5"; "profession"; and the keys of the national figures, of which `evaluation.national`
says which answers count. Questions follow the wording of the study they are compared with as closely as one line may.
"""

import re
from dataclasses import dataclass

from evaluation.enums import QuestionKind, SurveyAudience, SurveyKind
from members.enums import Profession

SATISFACTION = "satisfaction"


class Typeset:
    """Its words are typed as on a keyboard, and kept with the spaces of French that no line breaks at."""

    words = ()

    def __post_init__(self):
        for name in self.words:
            object.__setattr__(self, name, re.sub(r" (?=[?!:;»])|(?<=«) ", "\u00a0", getattr(self, name)))


@dataclass(frozen=True)
class Ask(Typeset):
    """A question. options: (key, label) pairs. condition: (key of an earlier question, the answers that show this one).

    A choice's answers are named by the keys of its options; those of other kinds are as `Answer` keeps them.
    """

    key: str
    kind: str
    text: str
    section: str = ""
    help_text: str = ""
    required: bool = False
    options: tuple = ()
    with_other: bool = False
    low: str = ""
    high: str = ""
    comment: str = ""
    condition: tuple = ()
    national_key: str = ""

    words = ("text", "section", "help_text", "comment")


@dataclass(frozen=True)
class Model(Typeset):
    """A ready-made questionnaire; about: what it is for, as the coordination reads it before choosing."""

    key: str
    kind: str
    title: str
    about: str
    intro: str
    thanks: str
    questions: tuple
    audience: str = SurveyAudience.INVITED
    reminders: int = 1

    words = ("title", "about", "intro", "thanks")


def national(key, kind, text, **fields):
    return Ask(key, kind, text, national_key=key, **fields)


YES, NO, UNSURE = 1, 0, 2

AFTER_SESSION = Model(
    key="apres-une-seance",
    kind=SurveyKind.SESSION,
    title="Votre avis sur la séance",
    about="Sept questions, une minute. Dit quelles activités plaisent, et donne la note sur dix des bilans.",
    intro="Une minute pour dire ce que cette séance vous a apporté. Vos réponses décident des prochaines.",
    thanks="Merci. Les activités que vous aimez sont reconduites, les autres changent.",
    questions=(
        Ask(
            "opinion", QuestionKind.AGREEMENT, "Cette activité m’a plu.",
            comment="Qu’est-ce qui vous a plu, ou manqué ?",
        ),
        Ask("interest", QuestionKind.AGREEMENT, "Elle répondait à quelque chose dont j’avais besoin."),
        Ask(
            "quality", QuestionKind.AGREEMENT, "Elle était bien menée.", help_text="L’accueil, le lieu, l’animation.",
            comment="Que faudrait-il changer ?",
        ),
        Ask("benefit", QuestionKind.AGREEMENT, "J’en suis sorti avec quelque chose qui me fait du bien."),
        Ask(
            "satisfaction", QuestionKind.SCALE, "Au total, quelle note donnez-vous à cette séance ?", required=True,
            low="pas satisfait du tout", high="très satisfait", national_key=SATISFACTION,
        ),
        Ask("again", QuestionKind.YES_NO, "Reviendriez-vous à une séance de cette activité ?"),
        Ask("words", QuestionKind.LONG, "Un mot pour l’équipe ?", help_text="Sans nom, ni le vôtre ni un autre."),
    ),
)  # fmt: skip

TIMES = tuple((f"{start}-{start + 2}", f"De {start} h à {start + 2} h") for start in range(8, 22, 2))
DAYS = (("weekday", "En semaine"), ("saturday", "Le samedi"), ("sunday", "Le dimanche"))
FORMS = (
    ("individual_talk", "Un entretien individuel"),
    ("talking_group", "Un groupe de parole"),
    ("relaxation", "De la relaxation"),
    ("osteopathy", "De l’ostéopathie"),
    ("massage", "Des massages"),
)
MODES = (
    ("individual", "Individuellement"),
    ("pairs", "À deux"),
    ("small_group", "En petit groupe, moins de six personnes"),
    ("large_group", "En grand groupe"),
    ("same_profession", "Entre personnes d’une même profession"),
    ("several_professions", "Avec plusieurs professions"),
)
WELLBEING = {"low": "mal-être", "high": "bien-être"}

NEEDS = Model(
    key="besoins-du-territoire",
    kind=SurveyKind.NEEDS,
    title="De quoi les soignants du territoire ont-ils besoin ?",
    about="Neuf questions, trois minutes. Quelle aide attendent les soignants, sous quelle forme, à quelle heure.",
    intro="Nous préparons une aide pour les soignants d’ici, par des soignants d’ici. Dites-nous ce qui vous serait "
    "utile : trois minutes suffisent, et aucune réponse n’est obligatoire.",
    thanks="Merci. Nous dirons à tous ce que ces réponses nous ont appris, et ce que nous en faisons.",
    audience=SurveyAudience.PUBLIC,
    questions=(
        Ask(
            "place", QuestionKind.YES_NO, "Un lieu d’aide pour les soignants, près d’ici : est-ce une bonne idée ?",
            section="Ce qui aiderait",
        ),
        Ask("form", QuestionKind.CHOICES, "Qu’aimeriez-vous y trouver ?", options=FORMS, with_other=True),
        Ask("mode", QuestionKind.CHOICES, "De quelle manière ?", options=MODES),
        Ask("use", QuestionKind.YES_NO, "Pourriez-vous y venir, vous ?", section="Vous"),
        Ask(
            "obstacles", QuestionKind.LONG, "Qu’est-ce qui vous retiendrait ?",
            help_text="Le temps, le regard des autres, la distance, autre chose.", condition=("use", (NO, UNSURE)),
        ),
        Ask("times", QuestionKind.CHOICES, "À quelles heures seriez-vous le plus disponible ?", options=TIMES),
        Ask("days", QuestionKind.CHOICES, "Quels jours ?", options=DAYS),
        Ask("wellbeing", QuestionKind.VISUAL, "Où vous situez-vous en ce moment ?", **WELLBEING),
        Ask("ideas", QuestionKind.LONG, "Un conseil, une idée ?", section="Pour finir"),
    ),
)  # fmt: skip

EMPLOYEES = Model(
    key="besoins-des-salaries",
    kind=SurveyKind.EMPLOYEES,
    title="Vous travaillez dans un cabinet : de quoi avez-vous besoin ?",
    about="Neuf questions, trois minutes. Pour le secrétariat, l’assistance, les laboratoires, les officines.",
    intro="Vous accueillez, vous assistez, vous prélevez : vous portez aussi. Dites-nous ce qui vous aiderait. "
    "Votre employeur ne lit pas vos réponses.",
    thanks="Merci. Ce que vous avez dit compte pour choisir ce que nous proposons, et à quelle heure.",
    audience=SurveyAudience.PUBLIC,
    questions=(
        Ask(
            "job", QuestionKind.CHOICE, "Quel est votre travail ?", section="Votre travail", with_other=True,
            options=(
                ("secretary", "Secrétariat, accueil"),
                ("dental_assistant", "Assistance dentaire"),
                ("laboratory", "Laboratoire"),
                ("pharmacy", "Officine"),
                ("home_help", "Aide à domicile"),
            ),
        ),
        Ask(
            "hard", QuestionKind.CHOICES, "Qu’est-ce qui vous pèse le plus ?", with_other=True,
            options=(
                ("patients", "L’impatience ou l’agressivité"),
                ("load", "La charge de travail"),
                ("alone", "Être seul face aux demandes"),
                ("suffering", "La souffrance des patients"),
                ("hours", "Les horaires"),
                ("team", "L’entente dans l’équipe"),
            ),
        ),
        Ask(
            "place", QuestionKind.YES_NO, "Un temps d’entraide ouvert à vous aussi : est-ce une bonne idée ?",
            section="Ce qui aiderait",
        ),
        Ask("form", QuestionKind.CHOICES, "Qu’aimeriez-vous y trouver ?", options=FORMS, with_other=True),
        Ask("use", QuestionKind.YES_NO, "Pourriez-vous y venir, vous ?"),
        Ask("times", QuestionKind.CHOICES, "À quelles heures seriez-vous le plus disponible ?", options=TIMES),
        Ask("days", QuestionKind.CHOICES, "Quels jours ?", options=DAYS),
        Ask("wellbeing", QuestionKind.VISUAL, "Où vous situez-vous en ce moment ?", section="Vous", **WELLBEING),
        Ask("ideas", QuestionKind.LONG, "Un conseil, une idée ?"),
    ),
)  # fmt: skip


def taught(key, text, why, **fields):
    """Return an agreement and the words that it must be given: a tick alone teaches nothing about a training."""
    return (
        Ask(key, QuestionKind.AGREEMENT, text, required=True, **fields),
        Ask(f"{key}_why", QuestionKind.LONG, why, required=True),
    )


TRAINING = Model(
    key="evaluation-d-une-formation",
    kind=SurveyKind.TRAINING,
    title="Votre avis sur la formation",
    about="Cinq accords, chacun avec une phrase obligatoire, et une note. Trois relances, comme pour un diplôme.",
    intro="Cinq minutes pour rendre cette formation meilleure. À chaque réponse, une phrase : c’est elle qui nous "
    "apprend le plus. Écrivez sans nom ni détail qui vous ferait reconnaître.",
    thanks="Merci. Chaque phrase est lue, et la prochaine session en tiendra compte.",
    reminders=3,
    questions=(
        *taught(
            "expectations", "La formation a répondu à mes attentes.", "Qu’en attendiez-vous ?", section="La formation"
        ),
        *taught("teaching", "Elle était bien menée.", "Qu’est-ce qui vous a aidé à apprendre, ou gêné ?"),
        *taught(
            "practice", "Elle a changé ma façon de faire.", "Quel changement, ou quel obstacle ?",
            section="Ce qu’elle change",
        ),
        *taught("self_care", "Elle m’a appris à prendre soin de moi.", "De quelle manière ?"),
        *taught("colleague", "Je me sens capable d’aider un collègue en difficulté.", "Que feriez-vous en premier ?"),
        Ask(
            "mark", QuestionKind.SCALE, "Au total, quelle note donnez-vous à cette formation ?", section="Pour finir",
            low="pas satisfait du tout", high="très satisfait",
        ),
        Ask("advice", QuestionKind.LONG, "Que diriez-vous à qui hésite à s’y inscrire ?"),
    ),
)  # fmt: skip

# A rare profession would name its only member: the others answer « autre ».
PROFESSIONS = (
    Profession.GENERAL_PRACTITIONER, Profession.SPECIALIST, Profession.NURSE, Profession.PHYSIOTHERAPIST,
    Profession.SPEECH_THERAPIST, Profession.ORTHOPTIST, Profession.PODIATRIST, Profession.PHARMACIST,
    Profession.MIDWIFE, Profession.DENTIST,
)  # fmt: skip
DOCTOR = ("profession", (Profession.GENERAL_PRACTITIONER.value,))

HEALTH = Model(
    key="etat-de-sante",
    kind=SurveyKind.HEALTH,
    title="Comment allez-vous, soignants du territoire ?",
    about="Douze questions, six de plus pour les généralistes. Se compare au pays, puis d’année en année.",
    intro="Cinq minutes pour dire comment vous allez, vraiment. La plupart de ces questions ont été posées dans "
    "tout le pays : nous verrons où en est notre territoire. Passez celles qui vous gênent.",
    thanks="Merci. Si répondre a remué quelque chose, parlez-en : à un médecin qui n’est pas vous, à deux pairs de la "
    "cellule d’écoute, ou au 3114, jour et nuit. La page « Urgence » donne tous les numéros.",
    reminders=3,
    questions=(
        national(
            "profession", QuestionKind.CHOICE, "Quelle est votre profession ?", section="Vous",
            help_text="Si la vôtre est rare ici et vous ferait reconnaître, choisissez « une autre profession ».",
            options=(
                *((one.value, one.label) for one in PROFESSIONS),
                (Profession.OTHER.value, "Une autre profession"),
            ),
        ),
        national(
            "health_not_good", QuestionKind.CHOICE, "Comment est votre état de santé ?", section="Votre santé",
            options=(
                ("very_good", "Très bon"),
                ("good", "Bon"),
                ("fairly_good", "Assez bon"),
                ("bad", "Mauvais"),
                ("very_bad", "Très mauvais"),
            ),
        ),
        national(
            "life_below_7", QuestionKind.SCALE, "Comment notez-vous votre vie en ce moment ?",
            low="la pire possible", high="la meilleure possible",
        ),
        national("sleeps_too_little", QuestionKind.YES_NO, "Trouvez-vous que vous dormez trop peu ?"),
        national(
            "fatigue_5_or_less", QuestionKind.SCALE, "Comment notez-vous votre état de fatigue ?",
            help_text="Attention au sens : plus la note est basse, plus vous êtes fatigué.",
            low="épuisé", high="reposé",
        ),
        national("no_gp", QuestionKind.YES_NO, "Avez-vous un médecin traitant ?"),
        national(
            "who5", QuestionKind.WHO5, "Ces deux dernières semaines, comment vous êtes-vous senti ?",
            section="Votre bien-être",
        ),
        national(
            "stress_above_6", QuestionKind.SCALE, "Comment notez-vous votre stress au travail ?",
            section="Votre travail", low="aucun stress", high="stress extrême",
        ),
        national(
            "burnout", QuestionKind.CHOICE, "Où en êtes-vous d’un épuisement lié au travail ?",
            help_text="Choisissez la phrase la plus proche de ce que vous vivez. Ce n’est pas un diagnostic.",
            options=(
                ("none", "Je n’en ai aucun signe"),
                ("tense", "Je suis parfois sous pression, sans m’épuiser"),
                ("symptoms", "J’en ai un ou plusieurs signes"),
                ("pathological", "Les signes sont là tout le temps et débordent sur ma vie"),
                ("severe", "Je suis à bout, j’ai besoin d’aide maintenant"),
            ),
        ),
        Ask("occupational_access", QuestionKind.YES_NO, "Avez-vous déjà eu une visite de santé au travail ?"),
        national(
            "occupational_visit_useful", QuestionKind.YES_NO, "La dernière vous a-t-elle été utile ?",
            condition=("occupational_access", (YES,)),
        ),
        national(
            "gp_wellbeing", QuestionKind.SCALE, "Comment notez-vous votre bien-être au travail ?",
            section="Pour les médecins généralistes", low="très mauvais", high="très bon", condition=DOCTOR,
        ),
        national(
            "gp_overall_health", QuestionKind.SCALE, "Comment notez-vous votre santé dans l’ensemble ?",
            low="très mauvaise", high="très bonne", condition=DOCTOR,
        ),
        national(
            "gp_work_life_impact", QuestionKind.SCALE,
            "Votre travail et votre vie privée pèsent-ils l’un sur l’autre ?",
            low="pas du tout", high="énormément", condition=DOCTOR,
        ),
        national(
            "has_other_gp", QuestionKind.YES_NO, "Avez-vous un médecin traitant autre que vous-même ?", condition=DOCTOR
        ),
        national(
            "spotted_colleague", QuestionKind.YES_NO,
            "Ces cinq dernières années, avez-vous repéré un collègue en difficulté ?", condition=DOCTOR,
        ),
        national(
            "medication_when_difficult", QuestionKind.YES_NO,
            "Quand vous êtes en difficulté, vous arrive-t-il de prendre des médicaments ?", condition=DOCTOR,
        ),
        Ask(
            "help", QuestionKind.LONG, "Qu’est-ce qui vous aiderait à aller mieux, ou à continuer d’aller bien ?",
            section="Pour finir",
        ),
    ),
)  # fmt: skip

CELL = Model(
    key="cellule-d-ecoute",
    kind=SurveyKind.CELL,
    title="Comment s’est passé votre temps d’écoute ?",
    about="Huit questions, deux minutes, sans code ni nom. Rien n’en est montré avant onze réponses.",
    intro="Deux minutes pour dire comment vous avez vécu ce temps d’écoute. Ni code ni nom : rien ne relie vos "
    "réponses à votre demande, et il n’y a rien à écrire.",
    thanks="Merci. Si vous avez de nouveau besoin de parler, la porte reste ouverte.",
    audience=SurveyAudience.PUBLIC,
    reminders=0,
    questions=(
        Ask("asking", QuestionKind.AGREEMENT, "Demander un entretien a été simple.", section="La demande"),
        Ask("delay", QuestionKind.AGREEMENT, "La réponse est venue assez vite."),
        Ask("heard", QuestionKind.AGREEMENT, "Je me suis senti écouté, sans être jugé.", section="L’entretien"),
        Ask("trust", QuestionKind.AGREEMENT, "J’ai eu confiance : ce que j’ai dit est resté entre nous."),
        Ask("oriented", QuestionKind.YES_NO, "Vous a-t-on indiqué vers qui vous tourner ?", section="Ensuite"),
        Ask(
            "useful", QuestionKind.AGREEMENT, "Ce qui m’a été indiqué m’a été utile.", condition=("oriented", (YES,))
        ),
        Ask(
            "recommend", QuestionKind.SCALE, "Conseilleriez-vous la cellule à un collègue ?",
            low="sûrement pas", high="sans hésiter",
        ),
        Ask(
            "change", QuestionKind.CHOICES, "Que faudrait-il changer ?",
            options=(
                ("slots", "Plus de créneaux, ou d’autres heures"),
                ("delay", "Une réponse plus rapide"),
                ("place", "Un lieu plus discret"),
                ("peers", "Davantage de pairs entre lesquels choisir"),
                ("follow", "Être suivi plus longtemps"),
                ("nothing", "Rien"),
            ),
        ),
    ),
)  # fmt: skip

MODELS = {model.key: model for model in (AFTER_SESSION, NEEDS, EMPLOYEES, TRAINING, HEALTH, CELL)}
