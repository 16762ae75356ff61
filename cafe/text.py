import unicodedata


def normalise_email(address):
    """Return the one spelling under which an address is compared: NFKC, no space around, small letters."""
    return unicodedata.normalize("NFKC", address).strip().lower()


def without_controls(value):
    """Drop the control and direction-changing characters of a one-line text (NUL, CR, LF, right-to-left marks).

    Zero-width joiners stay: names and emoji need them.
    """
    kept = (char for char in value if unicodedata.category(char) not in {"Cc", "Cs", "Co", "Zl", "Zp"})
    return "".join(char for char in kept if unicodedata.bidirectional(char) not in DIRECTION_MARKS)


DIRECTION_MARKS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
