from listening_cell.models.cases import (
    Absence,
    AskedOn,
    Case,
    CaseEnvelope,
    CellSettings,
    Message,
    Note,
    Reservation,
    Slot,
    WeeklyHour,
)
from listening_cell.models.counts import CellAudit, Debriefing, Publication, Slip
from listening_cell.models.keys import CellSession, Peer, Referent, RootKey, new_reference

__all__ = [
    "Absence",
    "AskedOn",
    "Case",
    "CaseEnvelope",
    "CellAudit",
    "CellSession",
    "CellSettings",
    "Debriefing",
    "Message",
    "Note",
    "Peer",
    "Publication",
    "Referent",
    "Reservation",
    "RootKey",
    "Slip",
    "Slot",
    "WeeklyHour",
    "new_reference",
]
