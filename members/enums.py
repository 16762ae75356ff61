from django.db import models


class Role(models.TextChoices):
    """Django groups of the portal; see DESIGN in docs for who grants which."""

    TEAM = "equipe", "Groupe de travail"
    COORDINATION = "coordination", "Coordination"
    BOARD = "conseil", "Conseil d’administration"
    PEER = "ecoute", "Pair écoutant"
    CELL_REFERENT = "ecoute_referent", "Référent de la cellule d’écoute"


CELL_ROLES = {Role.PEER, Role.CELL_REFERENT}
SECOND_FACTOR_ROLES = {Role.COORDINATION, *CELL_ROLES}
# What the coordination gives and takes back; a role of the cell is its referent's to give.
GRANTABLE_ROLES = [Role.COORDINATION, Role.TEAM, Role.BOARD]


class RoleMove(models.TextChoices):
    """What somebody did about a role."""

    INVITED = "invited", "a invité"
    SENT_AGAIN = "again", "a renvoyé l’invitation de"
    CANCELLED = "cancelled", "a annulé l’invitation de"
    ACCEPTED = "accepted", "a accepté le rôle"
    REMOVED = "removed", "a retiré le rôle de"


class Profession(models.TextChoices):
    """Professions of the Code de la santé publique (part four), and the other people a territory's care relies on."""

    GENERAL_PRACTITIONER = "medecin-generaliste", "Médecin généraliste"
    SPECIALIST = "medecin-specialiste", "Médecin d’une autre spécialité"
    NURSE = "infirmier", "Infirmier, infirmière"
    ADVANCED_NURSE = "ipa", "Infirmier en pratique avancée"
    PHYSIOTHERAPIST = "kinesitherapeute", "Masseur-kinésithérapeute"
    PHARMACIST = "pharmacien", "Pharmacien, pharmacienne"
    MIDWIFE = "sage-femme", "Sage-femme"
    DENTIST = "chirurgien-dentiste", "Chirurgien-dentiste"
    SPEECH_THERAPIST = "orthophoniste", "Orthophoniste"
    ORTHOPTIST = "orthoptiste", "Orthoptiste"
    PODIATRIST = "pedicure-podologue", "Pédicure-podologue"
    OCCUPATIONAL_THERAPIST = "ergotherapeute", "Ergothérapeute"
    PSYCHOMOTOR_THERAPIST = "psychomotricien", "Psychomotricien, psychomotricienne"
    DIETITIAN = "dieteticien", "Diététicien, diététicienne"
    BIOLOGIST = "biologiste", "Biologiste médical"
    PHARMACY_TECHNICIAN = "preparateur-pharmacie", "Préparateur en pharmacie"
    RADIOGRAPHER = "manipulateur-radio", "Manipulateur en électroradiologie"
    LAB_TECHNICIAN = "technicien-laboratoire", "Technicien de laboratoire médical"
    MEDICAL_PHYSICIST = "physicien-medical", "Physicien médical"
    OPTICIAN = "opticien", "Opticien-lunetier"
    HEARING_AID_SPECIALIST = "audioprothesiste", "Audioprothésiste"
    ORTHOTIST = "orthoprothesiste", "Prothésiste, orthésiste"
    NURSING_ASSISTANT = "aide-soignant", "Aide-soignant, aide-soignante"
    CHILDCARE_ASSISTANT = "auxiliaire-puericulture", "Auxiliaire de puériculture"
    AMBULANCE = "ambulancier", "Ambulancier, ambulancière"
    DENTAL_ASSISTANT = "assistant-dentaire", "Assistant dentaire"
    GENETIC_COUNSELLOR = "conseiller-genetique", "Conseiller en génétique"
    PSYCHOLOGIST = "psychologue", "Psychologue"
    STUDENT = "etudiant", "Étudiant, interne"
    EMPLOYEE = "salarie-cabinet", "Salarié d’un cabinet (secrétariat, assistanat)"
    OTHER = "autre", "Autre profession ou fonction"


class Practice(models.TextChoices):
    SELF_EMPLOYED = "liberal", "En libéral"
    SALARIED = "salarie", "Salarié"
    MIXED = "mixte", "Exercice mixte"
    LOCUM = "remplacant", "Remplaçant"
    RETIRED = "retraite", "Retraité"
    TRAINING = "formation", "En formation"


class Gender(models.TextChoices):
    WOMAN = "femme", "Femme"
    MAN = "homme", "Homme"
    OTHER = "autre", "Autre"
