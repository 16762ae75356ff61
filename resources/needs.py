"""What people come looking for: six themes, each with its needs, named « theme--besoin » as data.inclusion does."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """A way in, in the visitor's words. `hint` finishes the sentence on the directory's first screen."""

    slug: str
    label: str
    hint: str

    @property
    def needs(self):
        return [need for need in NEEDS if need.theme_slug == self.slug]


@dataclass(frozen=True)
class Need:
    """One need of a theme; `slug` is what is stored and exchanged."""

    slug: str
    label: str

    @property
    def theme_slug(self):
        return self.slug.partition("--")[0]

    @property
    def theme(self):
        return THEME_BY_SLUG[self.theme_slug]


THEMES = [
    Theme("sante", "Ma santé", "un médecin, un psychologue, une addiction"),
    Theme("entraide", "En parler", "une ligne d’écoute, des pairs, l’entraide"),
    Theme("droit", "Droit et plaintes", "un avocat, l’Ordre, une procédure"),
    Theme("ressources", "Argent, arrêt, prévoyance", "un arrêt, une dette, une aide"),
    Theme("exercice", "Mon exercice", "un remplacement, un cabinet, des associés"),
    Theme("violences", "Violences", "une agression, des menaces, à la maison"),
]
THEME_BY_SLUG = {theme.slug: theme for theme in THEMES}

NEEDS = [
    Need("sante--medecin-traitant", "Trouver un médecin qui reçoit des soignants"),
    Need("sante--sante-au-travail", "Consulter un médecin du travail"),
    Need("sante--soutien-psychologique", "Voir un psychologue"),
    Need("sante--psychiatrie", "Voir un psychiatre"),
    Need("sante--addictions", "Se faire aider pour une addiction"),
    Need("sante--epuisement", "Sortir de l’épuisement professionnel"),
    Need("entraide--ecoute", "Être écouté, tout de suite ou presque"),
    Need("entraide--pairs", "Parler avec des pairs"),
    Need("entraide--groupe-de-parole", "Rejoindre un groupe (Balint, échange de pratiques)"),
    Need("entraide--entraide-ordinale", "Être aidé par l’entraide de son Ordre"),
    Need("entraide--aide-a-un-collegue", "Aider un collègue"),
    Need("entraide--urgence", "Être secouru en urgence"),
    Need("droit--avocat", "Être conseillé en droit"),
    Need("droit--plainte", "Faire face à une plainte ou à une procédure"),
    Need("droit--controle-assurance-maladie", "Faire face à un contrôle de l’Assurance maladie"),
    Need("droit--ordre", "S’adresser à son Ordre professionnel"),
    Need("droit--evenement-grave", "Traverser une erreur ou un événement grave"),
    Need("ressources--arret-maladie", "S’arrêter et percevoir des indemnités"),
    Need("ressources--prevoyance", "Comprendre sa prévoyance et sa caisse"),
    Need("ressources--aide-financiere", "Obtenir une aide financière"),
    Need("ressources--dettes", "Faire face à des dettes"),
    Need("ressources--assurance", "Faire jouer une assurance"),
    Need("ressources--service-social", "Rencontrer un travailleur social"),
    Need("exercice--remplacement", "Trouver un remplaçant"),
    Need("exercice--organisation-du-cabinet", "Organiser son cabinet et son temps"),
    Need("exercice--conflit-entre-associes", "Apaiser un conflit entre associés ou collègues"),
    Need("exercice--reprise", "Reprendre après un arrêt"),
    Need("exercice--reconversion", "Changer d’exercice"),
    Need("exercice--formation", "Se former à soigner et à aider des soignants"),
    Need("violences--agression", "Réagir à une agression au travail"),
    Need("violences--violences-conjugales", "Sortir de violences à la maison"),
    Need("violences--harcelement", "Réagir au harcèlement"),
]
NEED_BY_SLUG = {need.slug: need for need in NEEDS}


def need_choices():
    """Return the needs as grouped choices for a form or a model field."""
    return [(theme.label, [(need.slug, need.label) for need in theme.needs]) for theme in THEMES]
