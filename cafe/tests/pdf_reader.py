"""A PDF read as a reading machine would."""

import re
from io import BytesIO

from pypdf import PdfReader


def read(content):
    return PdfReader(BytesIO(content))


def text_of(content):
    """Return the words of all pages, on one line."""
    return " ".join(" ".join(page.extract_text() for page in read(content).pages).split())


def fonts_of(reader):
    """Return {name: True where the font's own program is in the file} of every font used."""
    found = {}
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inside = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            found[font.get_object()["/BaseFont"].split("+")[1]] = bool({"/FontFile2", "/FontFile3"} & inside.keys())
    return found


def tags_of(reader):
    """Return the names of the structure elements, as in {"Document", "H1", "P"}."""
    names, waiting = set(), [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += node
        elif hasattr(node, "keys"):
            names |= {str(node["/S"])[1:]} if "/S" in node else set()
            waiting += [node["/K"]] if "/K" in node else []
    return names


def promises(content):
    """Return what PDF/UA asks of a file: (declared part, language, marked, a title shown, every font inside)."""
    reader = read(content)
    root = reader.trailer["/Root"]
    declared = re.search(rb"pdfuaid:part\W+(\d)", root["/Metadata"].get_object().get_data())
    return {
        "part": int(declared[1]) if declared else None,
        "lang": root.get("/Lang"),
        "marked": bool(root["/MarkInfo"]["/Marked"]),
        "title": bool(reader.metadata.title) and bool(root["/ViewerPreferences"]["/DisplayDocTitle"]),
        "fonts": all(fonts_of(reader).values()),
    }


ACCESSIBLE = {"part": 1, "lang": "fr", "marked": True, "title": True, "fonts": True}
