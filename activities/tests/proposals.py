"""Proposals for tests, and files that a stranger might send with one."""

import zlib
from datetime import timedelta
from io import BytesIO

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image
from pypdf import PdfWriter

from activities.models import Proposal, ProposalDate
from activities.tests.factories import numbers

BOUNDARY = "frontiere"


def make_proposal(*, dates=(timedelta(days=30),), certificate=b"", age=None, **fields):
    """Record a proposal as it is once received; `age` says how long ago."""
    number = next(numbers)
    defaults = {
        "name": "Dominique Laurent",
        "title": "sophrologue",
        "email": f"intervenant{number}@cafe.example",
        "practice": f"Sophrologie {number}",
        "description": "Respirer, puis relâcher.",
    }
    proposal = Proposal.objects.create(**defaults | fields)
    moments = [(timezone.now() + one).replace(second=0, microsecond=0) for one in dates]
    ProposalDate.objects.bulk_create([ProposalDate(proposal=proposal, starts_at=moment) for moment in moments])
    if certificate:
        proposal.certificate_type = "application/pdf"
        proposal.certificate.save("x", ContentFile(certificate))
    if age:
        Proposal.objects.filter(pk=proposal.pk).update(committed_at=timezone.now() - age)
    return proposal


def proposal_data(**fields):
    """Return what a browser posts beside the file."""
    commitments = ["stance", "neutrality", "beliefs", "confidentiality", "collects", "warns", "another_date"]
    return {
        "name": "Dominique Laurent",
        "title": "sophrologue",
        "email": "Dominique@Cafe.example",
        "practice": "Sophrologie",
        "description": "Respirer, puis relâcher.",
        "place_needed": "False",
        "place": "Salle des fêtes, 2 rue du Port",
        "activity_minutes": "45",
        "capacity": "12",
        "fee": "7.50",
        "equipment": "Tapis",
        "clothing": "Souple",
        "date_1_0": "2026-04-07",
        "date_1_1": "19:30",
        "date_2_0": "2026-05-05",
        "date_2_1": "12:30",
        **dict.fromkeys([*commitments, "evaluation"], "on"),
    } | fields


def multipart(fields, *, name, content, media_type="application/pdf"):
    """Return a form's body as bytes, with the file between the first fields and the last, its name as given."""
    half = len(fields) // 2
    parts = [f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}'.encode() for key, value in fields.items()]
    head = (
        f'Content-Disposition: form-data; name="certificate"; filename="{name}"\r\nContent-Type: {media_type}\r\n\r\n'
    )
    parts.insert(half, head.encode() + content)
    border = f"--{BOUNDARY}\r\n".encode()
    return b"".join(border + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()


def send(client, *, name="diplome.pdf", content=b"", media_type="application/pdf", **fields):
    """Post the form as a browser does."""
    body = multipart(proposal_data(**fields), name=name, content=content, media_type=media_type)
    return client.post("/activites/proposer/", body, content_type=f"multipart/form-data; boundary={BOUNDARY}")


def pdf(change=None):
    """Return a real PDF of one page; change(writer) makes it another."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    if change:
        change(writer)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def picture(kind="JPEG", size=(60, 40)):
    output = BytesIO()
    Image.new("RGB", size, "teal").save(output, kind)
    return output.getvalue()


def bomb(size, *, twice=False):
    """Return a small PDF whose page becomes `size` bytes once open; packed twice, it is smaller still."""
    packed = zlib.compress(bytes(size), 9)
    packed, filters = (zlib.compress(packed, 9), b"[/FlateDecode/FlateDecode]") if twice else (packed, b"/FlateDecode")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        b"<</Length %d/Filter%s>>stream\n%s\nendstream" % (len(packed), filters, packed),
    ]
    body, starts = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        starts.append(len(body))
        body += b"%d 0 obj%sendobj\n" % (number, one)
    rows = b"".join(b"%010d 00000 n \n" % start for start in starts)
    end = b"xref\n0 5\n0000000000 65535 f \n%strailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return body + end % (rows, len(body))
