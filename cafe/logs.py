"""What the portal writes of errors: enough to mend them, nothing that opens a link or tells who asked for help."""

import logging

# An answer keeps its day alone: a line of the log would tell when, to the second.
SILENT = {"ecoute", "questionnaires"}
# Of the directory, the link by which a resource confirms its sheet; and which sheet was opened, and when, is nobody's
# business: in a small territory it would point at somebody.
PERSONAL_LINKS = {
    *("attestations", "comptes", "documents", "equipe", "inscription", "intervenant", "lettres", "propositions"),
    "ressources",
}
RECEIPT = "/c-est-note/"  # for an hour, this address shows who has just registered to a session


def first_segment(path):
    return path.strip("/").partition("/")[0].lower()


def masked(path):
    """Return an address without the personal link it may carry."""
    first = first_segment(path)
    if first in PERSONAL_LINKS | SILENT:
        return f"/{first}/…"
    page, receipt, _ = path.partition(RECEIPT)
    return f"{page}{receipt}…" if receipt else path


class Discretion(logging.Filter):
    """Mask the address of a request that went wrong; of the listening cell's, keep the kind of error alone."""

    def filter(self, record):
        request = getattr(record, "request", None)
        path = getattr(request, "path", "")
        if not path:
            return True
        record.msg, record.args = record.getMessage().replace(path, masked(path)), ()
        if first_segment(path) in SILENT and record.exc_info:
            record.msg = f"{masked(path)}: {record.exc_info[0].__name__}"
            record.exc_info = record.exc_text = None
        return True
