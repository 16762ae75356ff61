"""Every number of a page, of a report or of a workbook, at its place: {place: [numbers]}.

A place is the headings it stands under, then the row and the column of a table, or the term of a list; what stands
alone is under its heading. So a table that nobody counted again has places that nobody expects.
"""

import csv
import re
from collections import Counter
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import takewhile, zip_longest

import tinyhtml5
from openpyxl import load_workbook

NBSP = "\u00a0"
# « – » is said instead of a number that may not be told: it counts as one.
NUMBER = re.compile(r"(?:(?<!\w)[-−])?\d+(?:\u00a0\d{3}(?!\d))*(?:,\d+)?(?:\u00a0[%€])?|(?<!\S)–(?!\S)")
# What chooses, leads elsewhere or draws; drawings are read by drawn().
LEFT_OUT = {"form", "nav", "script", "style", "svg", "head", "button"}
INLINE = {"a", "strong", "em", "span", "b", "i", "small", "abbr", "time", "br", "code", "sup", "q", "cite"}
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4}


class Told(dict):
    """{place: [numbers]}; a place without any is left out."""

    def add(self, *place, text):
        if found := NUMBER.findall(str(text)):
            where = " › ".join(tidy(part) for part in place if part)
            self.setdefault(where, []).extend(one.replace("-", "−") for one in found)

    def rows(self, *place, heads, rows):
        """A table. heads: of its columns, after that of the rows; rows: (label, cells as texts)."""
        for label, cells in rows:
            for head, cell in zip(heads, cells, strict=True):
                self.add(*place, label, head, text=cell)


def tidy(text):
    return " ".join(str(text).split())


def name_of(node):
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def text_of(node):
    """Return the words of an element, where a line ends a space; no-break spaces are kept."""
    return re.sub(r"[ \n\t\r]+", " ", "".join(texts(node))).strip(" ")


def texts(node):
    if name_of(node) in LEFT_OUT:
        return
    yield node.text or ""
    for child in node:
        if name_of(child) not in INLINE or name_of(child) in ("span", "br"):
            yield " "
        yield from texts(child)
        yield child.tail or ""


def elements(html):
    return tinyhtml5.parse(html, namespace_html_elements=False)


def told_by_page(html, within="main"):
    """Return the Told of an HTML page. within: the element that is read."""
    [root] = [one for one in elements(html).iter() if name_of(one) == within]
    told = Told()
    Reader(told).read(root)
    return told


class Reader:
    """Walks through a page and keeps the headings that it is under."""

    def __init__(self, told):
        self.told = told
        self.headings = {}

    @property
    def place(self):
        return [text for level, text in sorted(self.headings.items()) if level > 1]

    def read(self, node):
        name = name_of(node)
        if name in LEFT_OUT or not name:
            return
        if name in HEADINGS:
            level = HEADINGS[name]
            self.headings = {one: text for one, text in self.headings.items() if one < level}
            self.headings[level] = text_of(node)
            self.told.add(*self.place, text=text_of(node))
        elif name == "table":
            self.table(node)
        elif name == "dl":
            self.terms(node)
        elif all(name_of(child) in INLINE for child in node):
            self.told.add(*self.place, text=text_of(node))
        else:
            self.told.add(*self.place, text=node.text or "")
            for child in node:
                self.read(child)
                self.told.add(*self.place, text=child.tail or "")

    def table(self, node):
        rows = [row for row in node.iter() if name_of(row) == "tr"]
        heads = [text_of(cell) for cell in rows[0]]
        captions = [one for one in node.iter() if name_of(one) == "caption"]
        counted = "counted" in node.get("class", "").split()
        where = [text_of(one) for one in captions if counted and "visually-hidden" not in one.get("class", "")]
        for caption in captions:
            self.told.add(*self.place, *where, text=text_of(caption))
        for head in heads:
            self.told.add(*self.place, *where, text=head)
        for row in rows[1:]:
            label, *cells = [text_of(cell) for cell in row]
            self.told.add(*self.place, *where, label, text=label)
            for head, cell in zip(heads[1:], cells, strict=True):
                self.told.add(*self.place, *where, label, head, text=cell)

    def terms(self, node):
        term = ""
        for one in node.iter():
            if name_of(one) == "dt":
                term = text_of(one)
                self.told.add(*self.place, term, text=term)
            elif name_of(one) == "dd":
                self.told.add(*self.place, term, text=text_of(one))


# --- Drawings -------------------------------------------------------------------------------------


def untold_drawings(html):
    """Return, in words, what drawings tell that is nowhere in the sentences and the table beside them."""
    parents = {child: parent for parent in elements(html).iter() for child in parent}
    found = []
    for svg in [node for node in parents if node.get("class") == "chart-svg"]:
        around = parents[svg]
        while around in parents and name_of(around) not in ("figure", "section"):
            around = parents[around]
        beside = NUMBER.findall(text_of(around))
        title = next(text_of(one) for one in svg if name_of(one) == "title")
        found += [
            f"The drawing « {title} » tells {one}, its table does not." for one in drawn(svg) if one not in beside
        ]
    return found


def drawn(svg):
    """Return the numbers of a drawing: its values, labels and description; what stands beside an axis only measures."""
    axis = [one for one in svg if name_of(one) == "text"]
    words = [one for one in svg.iter() if name_of(one) in ("title", "desc", "text") and one not in axis]
    return [one for node in words for one in NUMBER.findall("".join(node.itertext()))]


# --- Files ----------------------------------------------------------------------------------------


def told_by_book(content):
    """Return the Told of a workbook. A number's place is its sheet, the words that its row begins with, its column."""
    told = Told()
    for sheet in load_workbook(BytesIO(content), read_only=True):
        head, *rows = list(sheet.iter_rows(values_only=True))
        for row in rows:
            words = list(takewhile(lambda cell: isinstance(cell, str), row))
            for column, cell in list(zip_longest(head, row))[1:]:
                is_words = cell is None or isinstance(cell, str)
                place = [*(words[:1] if is_words else words), column]
                told.add(sheet.title, *place, text=(cell or "") if is_words else plain(cell))
    return told


def told_by_table(text):
    """Return the Told of a CSV file. A number's place is the two words that its row begins with, and its column."""
    told = Told()
    head, *rows = csv.reader(StringIO(text), delimiter=";")
    for row in rows:
        for column, cell in zip(head[2:], row[2:], strict=True):
            told.add(*row[:2], column, text=re.sub(",0$", "", cell))
    return told


def plain(value):
    """Return a number as a text: 8.40 as « 8,4 »."""
    return f"{Decimal(str(value)).normalize():f}".replace(".", ",")


# --- Paper ----------------------------------------------------------------------------------------

FOOT = re.compile(r"Rapport au conseil, [^.]*\. Chiffres du [^.]*\. page \d+ sur \d+")


def lost_on_paper(html, text):
    """Return, in words, how the text of a drawn report differs from its HTML: rows torn apart, numbers lost or added.

    A head that says « 10 » is printed again where its table goes on: such a number may come more often.
    """
    text = FOOT.sub("", text)
    root, squashed = without_hidden(elements(html)), squash(text)
    rows = [row for row in root.iter() if name_of(row) == "tr"]
    said = [text_of(row) for row in rows if squash(text_of(row)) not in squashed]
    found = [f"On paper the row « {one} » is not as it was." for one in said]
    written, printed = digits("\n".join(printable(root))), digits(text)
    again = digits(" ".join(text_of(one) for one in root.iter() if name_of(one) == "thead"))
    for one in sorted(written.keys() | printed.keys()):
        if not written[one] <= printed[one] <= written[one] + again[one]:
            found.append(f"On paper {one} is {printed[one]} times, in the report {written[one]} times.")
    return found


def without_hidden(root):
    """Take out what only a screen reader tells; paper has no such thing."""
    for parent in list(root.iter()):
        for child in list(parent):
            if "visually-hidden" in child.get("class", "").split():
                parent.remove(child)
    return root


def squash(text):
    return "".join(text.split())


def digits(text):
    """Return how often each run of digits is written, however spaces and signs stand around them."""
    return Counter(re.findall(r"\d+", text))


def printable(root):
    """Yield the texts that are printed: those of drawings too, but for what only says what is drawn."""
    for body in [one for one in root.iter() if name_of(one) == "body"]:
        yield text_of(body)
    for one in root.iter():
        if name_of(one) == "text":
            yield "".join(one.itertext())


def differences(found, expected):
    """Return, in words, every place where what is told is not what was counted again; empty where all agrees."""
    said = []
    for place in sorted(found.keys() | expected.keys()):
        if place not in expected:
            said.append(f"« {place} » tells {found[place]}, which nobody counts again (cafe/tests/recount_telling.py).")
        elif place not in found:
            said.append(f"« {place} » ought to tell {expected[place]} and is not there.")
        elif sorted(found[place]) != sorted(expected[place]):
            said.append(f"« {place} » tells {found[place]}, counted again: {expected[place]}.")
    return said
