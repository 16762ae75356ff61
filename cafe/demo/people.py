"""Invented people: the accounts of the demonstration, and the professionals who register without one."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils.text import slugify
from faker import Faker

from members.enums import Gender, Practice, Profession, Role
from members.models import User

DOMAIN = "@demo.example"
PASSWORD = "cafe-demo"  # noqa: S105 - printed on purpose: the demonstration is open to whoever runs it
COMMUNES = [
    "Port-Sauvel",
    "Bréhainville",
    "Saint-Ouvrin",
    "Les Hautes-Grèves",
    "Montclaret",
    "Courvalmont",
    "La Roque-aux-Mouettes",
    "Épinolles",
    "Fontenelle-le-Bac",
]


@dataclass(frozen=True)
class Account:
    """An account of the demonstration; those with a label are shown to whoever loads it."""

    name: str
    role: str | None
    profession: str
    label: str = ""
    gender: str = Gender.WOMAN
    member: bool = True

    @property
    def email(self):
        return self.name + DOMAIN


ACCOUNTS = [
    Account("coordination", Role.COORDINATION, Profession.OTHER, "Coordination"),
    Account("equipe", Role.TEAM, Profession.GENERAL_PRACTITIONER, "Groupe de travail"),
    Account("ecoute1", Role.PEER, Profession.GENERAL_PRACTITIONER, "Pair écoutant, expérimenté", gender=Gender.MAN),
    Account("ecoute2", Role.PEER, Profession.NURSE, "Pair écoutant"),
    Account("ecoute3", Role.PEER, Profession.PHYSIOTHERAPIST, "Pair écoutant"),
    Account("referent", Role.CELL_REFERENT, Profession.SPECIALIST, "Référent de la cellule d’écoute"),
    Account("conseil", Role.BOARD, Profession.PHARMACIST, "Conseil d’administration", gender=Gender.MAN),
    Account("soignant", None, Profession.NURSE, "Professionnel de santé", member=False),
    Account("admin", None, Profession.OTHER, "Administration technique", gender=Gender.MAN, member=False),
    Account("equipe2", Role.TEAM, Profession.GENERAL_PRACTITIONER, gender=Gender.MAN),
    Account("equipe3", Role.TEAM, Profession.GENERAL_PRACTITIONER),
    Account("equipe4", Role.TEAM, Profession.NURSE),
    Account("equipe5", Role.TEAM, Profession.NURSE),
    Account("equipe6", Role.TEAM, Profession.PHYSIOTHERAPIST, gender=Gender.MAN),
    Account("equipe7", Role.TEAM, Profession.PHYSIOTHERAPIST),
    Account("equipe8", Role.TEAM, Profession.SPEECH_THERAPIST),
    Account("equipe9", Role.TEAM, Profession.MIDWIFE),
    Account("coordination2", Role.COORDINATION, Profession.OTHER),
]
# How the people of a territory spread over the professions, in people out of 100.
WEIGHTS = {
    Profession.NURSE: 30,
    Profession.GENERAL_PRACTITIONER: 15,
    Profession.PHYSIOTHERAPIST: 14,
    Profession.SPEECH_THERAPIST: 8,
    Profession.MIDWIFE: 6,
    Profession.PSYCHOLOGIST: 5,
    Profession.PODIATRIST: 4,
    Profession.EMPLOYEE: 4,
    Profession.DENTIST: 3,
    Profession.OCCUPATIONAL_THERAPIST: 3,
    Profession.NURSING_ASSISTANT: 3,
    Profession.DIETITIAN: 2,
    Profession.SPECIALIST: 2,
    Profession.STUDENT: 1,
}


@dataclass(frozen=True)
class Guest:
    """Someone who registers; the fields are those of a registration."""

    email: str
    first_name: str
    last_name: str
    profession: str
    commune: str
    cpts_member: bool
    gender: str
    phone: str = ""


def invented(seed):
    """Return a Faker whose people are always the same for one seed; its .random is the only source of chance."""
    faker = Faker("fr_FR")
    faker.seed_instance(seed)
    return faker


def first_name(faker, gender):
    """`faker` may be a Faker or its `unique`, which never gives the same name twice."""
    return faker.first_name_male() if gender == Gender.MAN else faker.first_name_female()


def invent_guest(faker, taken, *, gender, member):
    """Return a Guest whose address is not in `taken`, and add it there."""
    while True:
        first, last = first_name(faker, gender), faker.last_name()
        email = slugify(first) + "." + slugify(last) + DOMAIN
        if email not in taken:
            break
    taken.add(email)
    [profession] = faker.random.choices(list(WEIGHTS), WEIGHTS.values())
    # 06 39 98 xx xx is kept by the Arcep for works of fiction.
    phone = f"06 39 98 {faker.random.randrange(100):02} {faker.random.randrange(100):02}"
    return Guest(
        email=email,
        first_name=first,
        last_name=last,
        profession=profession,
        commune=faker.random.choice(COMMUNES),
        cpts_member=member,
        gender=gender,
        phone=phone if faker.random.random() < 1 / 4 else "",
    )


def load_accounts():
    """Create the accounts that are missing and leave the others as they are; return all, by name before the @."""
    known = {user.email: user for user in User.objects.filter(email__in=[account.email for account in ACCOUNTS])}
    faker, password = invented(2), make_password(PASSWORD)
    # Every name is drawn, so that an account keeps its own whichever are missing.
    wanted = [(account, make_user(faker, account, password)) for account in ACCOUNTS]
    new = [(account, user) for account, user in wanted if user.email not in known]
    User.objects.bulk_create(user for account, user in new)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, primary=True, verified=True) for account, user in new
    )
    give_roles(new)
    return {account.name: known.get(user.email, user) for account, user in wanted}


def make_user(faker, account, password):
    technician = account.name == "admin"
    return User(
        email=account.email,
        password=password,
        first_name=first_name(faker.unique, account.gender),
        last_name=faker.unique.last_name(),
        profession=account.profession,
        commune=faker.random.choice(COMMUNES),
        practice=Practice.SALARIED if account.profession == Profession.OTHER else Practice.SELF_EMPLOYED,
        cpts_member=account.member,
        gender=account.gender,
        is_staff=technician,
        is_superuser=technician,
    )


def give_roles(new):
    groups = {role: Group.objects.get_or_create(name=role)[0] for role in Role}
    through = User.groups.through
    through.objects.bulk_create(through(user=user, group=groups[account.role]) for account, user in new if account.role)


def team(users):
    """Return the members of the working group, who host the sessions."""
    return [users[account.name] for account in ACCOUNTS if account.role == Role.TEAM]


def as_guest(user):
    names = ["email", "first_name", "last_name", "profession", "commune", "cpts_member", "gender", "phone"]
    return Guest(**{name: getattr(user, name) for name in names})
