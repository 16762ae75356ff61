"""The constraints of a sheet, judged in memory: the database would take a statement for each, of each row of a file."""

from django.db.models import CheckConstraint, Q

from resources.models import Resource

LOOKUPS = {
    "exact": lambda value, wanted: value == wanted,
    "isnull": lambda value, wanted: (value is None) == wanted,
    "in": lambda value, wanted: value in wanted,
    "range": lambda value, wanted: value is not None and wanted[0] <= value <= wanted[1],
}


def broken_rule(resource):
    """Return the sentence of the first constraint that the sheet breaks, or None. Nothing is asked of the database."""
    rules = (rule for rule in Resource._meta.constraints if isinstance(rule, CheckConstraint))
    broken = (rule for rule in rules if not holds(rule.condition, resource))
    return next((rule.get_violation_error_message() for rule in broken), None)


def holds(condition, resource):
    """Tell whether a condition is true of a sheet. Raises KeyError for a lookup that is not in LOOKUPS."""
    answers = [holds(one, resource) if isinstance(one, Q) else meets(one, resource) for one in condition.children]
    combined = any(answers) if condition.connector == Q.OR else all(answers)
    return combined != condition.negated


def meets(pair, resource):
    path, wanted = pair
    name, _, lookup = path.partition("__")
    return LOOKUPS[lookup or "exact"](getattr(resource, name), wanted)
