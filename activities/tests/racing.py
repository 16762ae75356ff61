"""What the database of a portal that was raced for says afterwards."""

import json

from cafe.tests.processes import run_python

SETUP = "from activities.tests.factories import *; from activities.models import *; import json\n"


def ask(env, code):
    """Run code in the portal, whose last act is to put an answer in `answer`; return it."""
    return json.loads(run_python(env, f"{SETUP}{code}\nprint(json.dumps(answer))").splitlines()[-1])


def outcome(env, slug):
    """Return the states of a session's registrations, counted, and the numbers of those who wait."""
    return ask(
        env,
        f"""
from collections import Counter
rows = list(Registration.objects.filter(session__slug={slug!r}).order_by("number").values_list("state", "number"))
answer = {{"states": Counter(s for s, _ in rows), "line": [n for s, n in rows if s == "waiting"]}}
""",
    )
