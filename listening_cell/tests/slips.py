"""Slips of closed cases, for tests."""

from listening_cell import counting
from listening_cell.services import slips

USUAL = {"profession": "soins", "talks": "2-3", "beneficiary": "soi", "through": "portail"}


def keep_slips(number, **answers):
    """Keep so many slips, alike but for nothing, as closing cases does."""
    return [slips.keep(counting.Slip(**USUAL | answers)) for _ in range(number)]
