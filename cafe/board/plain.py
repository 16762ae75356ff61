"""Frozen dataclasses as JSON and back, exactly: what is read must have the very shape that the code has today."""

from dataclasses import asdict, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import get_args, get_origin, get_type_hints

PLAIN = (int, float, str, bool)


def to_plain(value):
    """Return a dataclass, and those within it, as values that JSON knows."""
    return asdict(value)


def from_plain(kind, value):
    """Return what to_plain was given, of the type that is asked for. Raises ValueError where the shape is another."""
    if is_dataclass(kind):
        return _dataclass(kind, value)
    if isinstance(kind, UnionType):
        return _union(kind, value)
    if get_origin(kind) in (list, tuple):
        _check(isinstance(value, list | tuple), kind, value)
        return get_origin(kind)(from_plain(get_args(kind)[0], one) for one in value)
    if issubclass(kind, Enum):
        return kind(value)
    whole = kind is float and type(value) is int  # JSON may have lost « .0 »
    _check(kind in PLAIN and (whole or type(value) is kind), kind, value)
    return kind(value)


def _dataclass(kind, value):
    hints = _hints(kind)
    _check(isinstance(value, dict) and value.keys() == hints.keys(), kind, value)
    return kind(**{name: from_plain(hint, value[name]) for name, hint in hints.items()})


@cache
def _hints(kind):
    hints = get_type_hints(kind)
    return {one.name: hints[one.name] for one in fields(kind)}


def _union(kind, value):
    """Of two types, one of which is None."""
    if value is None and NoneType in get_args(kind):
        return None
    (other,) = (one for one in get_args(kind) if one is not NoneType)
    return from_plain(other, value)


def _check(fits, kind, value):
    if not fits:
        raise ValueError(f"Not a {kind}: {str(value)[:100]}")
