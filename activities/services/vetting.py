"""Looks inside a file that a stranger sent. Run as a program of its own, never inside the web process.

It reads the file on its standard input, and answers on its standard output: one line of JSON, {"type": media type} or
{"refusal": one word}, then for an image its picture drawn again, without metadata. It has little time and memory, may
write no file, and knows neither the database nor the portal's secrets: a file made to exhaust or to take over whoever
opens it ends this program alone.
"""

import json
import re
import resource
import sys
import zlib
from io import BytesIO

SECONDS = 10
MEMORY = 768 * 1024 * 1024
MAX_PAGES = 30
MAX_OBJECTS = 20_000
MAX_DEPTH = 60
MAX_EXPANDED = 64 * 1024 * 1024
# A page that was scanned shrinks ten to fifty times; only emptiness shrinks more.
MAX_RATIO, RATIO_FROM = 250, 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
SHOWN_SIZE = (2400, 2400)
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}

# What makes a reader of PDF do something else than show pages.
ACTIVE_KEYS = {"/JS", "/JavaScript", "/AA", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/XFA", "/RichMedia", "/Launch"}
ACTIONS = {
    *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie", "/Sound"),
    *("/RichMediaExecute", "/SetOCGState", "/Trans", "/GoTo3DView"),
}
ACTIVE_BYTES = re.compile(rb"/(JavaScript|Launch|EmbeddedFile|RichMedia|SubmitForm|ImportData)\b")


class RefusedError(Exception):
    """Carries one word: unreadable, encrypted, active, heavy or large."""


def vetted(content):
    """Return (media type, picture drawn again or b"" for a PDF). Raises RefusedError."""
    if content.startswith(b"%PDF-"):
        check_pdf(content)
        return "application/pdf", b""
    return redrawn(content)


def redrawn(content):
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with Image.open(BytesIO(content), formats=list(TYPES)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise RefusedError("large")
            kind = picture.format
            picture.thumbnail(SHOWN_SIZE)
            drawn = ImageOps.exif_transpose(picture).convert("RGBA" if kind == "PNG" else "RGB")
    except Image.DecompressionBombError as error:
        raise RefusedError("large") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise RefusedError("unreadable") from error
    output = BytesIO()
    drawn.save(output, kind)
    return TYPES[kind], output.getvalue()


def check_pdf(content):
    """Refuse a PDF that is broken, closed, huge once open, or that does anything but show its pages."""
    from pypdf import PdfReader  # noqa: PLC0415
    from pypdf.errors import LimitReachedError, PyPdfError  # noqa: PLC0415

    if ACTIVE_BYTES.search(content):
        raise RefusedError("active")
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted:
            raise RefusedError("encrypted")
        if len(reader.pages) > MAX_PAGES:
            raise RefusedError("heavy")
        check_objects(reader)
    except LimitReachedError as error:
        raise RefusedError("heavy") from error
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, OSError) as error:
        raise RefusedError("unreadable") from error
    if not len(reader.pages):
        raise RefusedError("unreadable")


def check_objects(reader):
    """Look at every object of the file, whether a page uses it or not."""
    from pypdf.generic import IndirectObject  # noqa: PLC0415

    numbers = {(number, generation) for generation, table in reader.xref.items() for number in table}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MAX_OBJECTS:
        raise RefusedError("heavy")
    check_value(reader.trailer)
    expanded = 0
    for number, generation in sorted(numbers):
        value = reader.get_object(IndirectObject(number, generation, reader))
        check_value(value)
        expanded += expanded_size(value, MAX_EXPANDED - expanded)


def check_value(value, depth=0):
    """Refuse an action or an attachment anywhere in a value; references are met as objects of their own."""
    if depth > MAX_DEPTH:
        raise RefusedError("heavy")
    if isinstance(value, dict):
        if ACTIVE_KEYS & value.keys() or value.get("/S") in ACTIONS:
            raise RefusedError("active")
        if int(value.get("/Width", 0) or 0) * int(value.get("/Height", 0) or 0) > MAX_PIXELS:
            raise RefusedError("heavy")
        for inner in dict.values(value):
            check_value(inner, depth + 1)
    elif isinstance(value, list):
        for inner in list.__iter__(value):
            check_value(inner, depth + 1)


def expanded_size(value, left):
    """Return how many bytes a compressed stream becomes, without ever holding them. Raises RefusedError past `left`."""
    packed = getattr(value, "_data", None)
    found = value.get("/Filter", []) if isinstance(value, dict) else []
    names = [str(name) for name in (found if isinstance(found, list) else [found])]
    if not packed or not names:
        return 0
    if len(names) > 1 and sum(name in {"/FlateDecode", "/Fl", "/LZWDecode", "/LZW"} for name in names) > 1:
        raise RefusedError("heavy")
    if names[0] not in {"/FlateDecode", "/Fl"}:
        return (
            0 if {"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode"} & {*names} else len(value.get_data())
        )
    return inflated_size(packed, left)


def inflated_size(packed, left):
    tool, size, rest = zlib.decompressobj(), 0, packed
    while rest and not tool.eof:
        try:
            size += len(tool.decompress(rest, 1024 * 1024))
        except zlib.error as error:
            raise RefusedError("unreadable") from error
        if size > left or (size > RATIO_FROM and size > MAX_RATIO * len(packed)):
            raise RefusedError("heavy")
        rest = tool.unconsumed_tail
    return size


def limit_self():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main():
    limit_self()
    try:
        media_type, picture = vetted(sys.stdin.buffer.read())
        answer = {"type": media_type}
    except RefusedError as refused:
        answer, picture = {"refusal": str(refused)}, b""
    except (MemoryError, RecursionError):
        answer, picture = {"refusal": "heavy"}, b""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + picture)


if __name__ == "__main__":
    main()
