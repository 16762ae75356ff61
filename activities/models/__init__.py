from activities.models.attendance import Attendance, new_certificate_code
from activities.models.imports import ImportDraft
from activities.models.money import VOUCHER_EUROS, BudgetLine, HoursDeclaration, Voucher
from activities.models.proposals import Proposal, ProposalDate, ProposalMessage, Vote, private_path
from activities.models.questions import Answer, Question
from activities.models.registrations import Person, Registration, TimeWish, new_link_key
from activities.models.rota import (
    Absence,
    CalendarFeed,
    FacilitatorNotice,
    HostAvailability,
    HostWithdrawal,
    TeamEvent,
)
from activities.models.sessions import (
    MAX_HOSTS,
    Activity,
    Facilitator,
    Hosting,
    Place,
    Series,
    Session,
    occupying,
)

__all__ = [
    "MAX_HOSTS",
    "VOUCHER_EUROS",
    "Absence",
    "Activity",
    "Answer",
    "Attendance",
    "BudgetLine",
    "CalendarFeed",
    "Facilitator",
    "FacilitatorNotice",
    "HostAvailability",
    "HostWithdrawal",
    "Hosting",
    "HoursDeclaration",
    "ImportDraft",
    "Person",
    "Place",
    "Proposal",
    "ProposalDate",
    "ProposalMessage",
    "Question",
    "Registration",
    "Series",
    "Session",
    "TeamEvent",
    "TimeWish",
    "Vote",
    "Voucher",
    "new_certificate_code",
    "new_link_key",
    "occupying",
    "private_path",
]
