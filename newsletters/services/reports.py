"""What a mail that came back says, read by the standard library: a refusal (RFC 3464), a complaint (RFC 5965).

"Out of office", a receipt, words by a human or by a server that follows no standard say nothing here.
"""

import hashlib
import re
from dataclasses import dataclass
from email import message_from_bytes, policy

from cafe.text import normalise_email
from newsletters.enums import BounceKind

LARGEST = 2_000_000  # bytes that are read of a mail
OUR_ID = re.compile(r"<(\d{1,18})\.([0-9a-f]{40})@")
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
CODE = re.compile(r"\b([45])\d\d\b")
# A full mailbox, a message too large, a server that mistrusts ours: the address itself is good.
NOT_THE_ADDRESS = re.compile(r"5\.(2\.[2-4]|3\.\d+|4\.\d+|5\.\d+|6\.\d+|7\.\d+)")


@dataclass(frozen=True)
class Report:
    """key: a hash of the report's own Message-ID, or of its bytes. status: "5.1.1" or "". recipient: normalised or "".

    delivery_pk, proof: the two parts of our own Message-ID, where the headers of our letter came back.
    """

    kind: BounceKind
    key: str
    status: str = ""
    recipient: str = ""
    delivery_pk: int | None = None
    proof: str = ""


def read_report(data):
    """Return the Report that a mail is, or None where it is no report."""
    message = message_from_bytes(data[:LARGEST], policy=policy.default)
    kind = str(message.get_param("report-type", "")).lower() if message.get_content_type() == "multipart/report" else ""
    found = {"delivery-status": refusal, "feedback-report": complaint}.get(kind, lambda message: None)(message)
    if found is None:
        return None
    pk, proof = our_id(message)
    return Report(key=key_of(message, data), delivery_pk=pk, proof=proof, **found)


def refusal(message):
    """Return kind, status and recipient of the first address that was refused for good; a delay is not a refusal."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in blocks_of(part):
            if str(fields.get("Action", "")).strip().lower() == "failed":
                status = status_of(fields)
                return {"kind": kind_of(status), "status": status, "recipient": recipient_of(fields)}
    return None


def complaint(message):
    """Return the kind and the recipient of a complaint; what says that a mail was no spam is none."""
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            fields = next(iter(blocks_of(part)), {})
            if str(fields.get("Feedback-Type", "")).strip().lower() in {"abuse", "fraud", "opt-out"}:
                recipient = str(fields.get("Original-Rcpt-To", "")).strip("<> ")
                return {"kind": BounceKind.COMPLAINT, "recipient": normalise_email(recipient)}
    return None


def blocks_of(part):
    """Return the groups of fields of a status part, whether the parser made messages of them or left a text."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return payload
    text = part.get_payload(decode=True) or b""
    return [
        message_from_bytes(block, policy=policy.default) for block in re.split(rb"\r?\n\r?\n", text) if block.strip()
    ]


def status_of(fields):
    """Return the status of an address: its server's own code where the report has one that says more."""
    stated = STATUS.search(str(fields.get("Status", "")))
    told = STATUS.search(str(fields.get("Diagnostic-Code", "")))
    if stated and not (told and stated[2] == stated[3] == "0"):
        return stated[0]
    if told:
        return told[0]
    code = CODE.search(str(fields.get("Diagnostic-Code", "")))
    return f"{code[1]}.0.0" if code else ""


def kind_of(status):
    """Return HARD where the address itself is refused for good, SOFT for what may pass. Without status: SOFT."""
    if status.startswith("5") and not NOT_THE_ADDRESS.fullmatch(status):
        return BounceKind.HARD
    return BounceKind.SOFT


def recipient_of(fields):
    """Return the address written to: as it was given to us, else as the last server knew it."""
    given = str(fields.get("Original-Recipient", "") or fields.get("Final-Recipient", ""))
    return normalise_email(given.rpartition(";")[2].strip("<> "))


def our_id(message):
    """Return (pk of the delivery, its proof) out of the headers that came back, or (None, "")."""
    for part in message.walk():
        if part is message:
            continue
        text = ""
        if part.get_content_type() == "text/rfc822-headers":
            text = (part.get_payload(decode=True) or b"").decode("utf-8", "replace")
        elif part.get("Message-ID"):
            text = f"Message-ID: {part['Message-ID']}"
        if line := re.search(r"(?im)^Message-ID:\s*(<[^>\r\n]+>)", text):
            found = OUR_ID.match(line[1])
            if found:
                return int(found[1]), found[2]
    return None, ""


def key_of(message, data):
    own = str(message.get("Message-ID", "")).strip()
    return hashlib.sha256(own.encode() or data).hexdigest()
