"""The counting behind evaluation.figures, in SQL: one statement for any number of periods, or for all that is known.

In SQL, because the database gathers a million attendances by person faster than it hands them over; never more than one
row a person comes out. An attendance is a registration marked present at a session marked as held; spans are moments,
[(first, end)], the end left out.
"""

from itertools import chain

from django.db import connection

from activities.services.retention import OUTSIDE, WITHIN

UNTOLD = "Non renseigné"
HELD = """
WITH span(rank, lo, hi) AS (VALUES {spans}),
held(session, activity, head, capacity, rank) AS MATERIALIZED (
    SELECT s.id, s.activity_id, s.head_id, s.capacity, span.rank FROM activities_session s
    JOIN span ON s.starts_at >= span.lo AND s.starts_at < span.hi WHERE s.state = 'held'
)
"""
ATTENDED = """
held JOIN activities_attendance a ON a.session_id = held.session AND a.presence = 'present'
JOIN activities_registration r ON r.id = a.registration_id
"""
SESSIONS = """
{held} SELECT rank, COUNT(*), SUM(COALESCE(first.capacity, held.capacity)) FROM held
LEFT JOIN activities_session first ON first.id = held.head GROUP BY rank
"""
BY_ACTIVITY = """
{held} SELECT rank, activity.id, activity.title, COUNT(*), SUM(COALESCE(first.capacity, held.capacity)) FROM held
JOIN activities_activity activity ON activity.id = held.activity
LEFT JOIN activities_session first ON first.id = held.head GROUP BY rank, activity.id, activity.title
"""
# By person first: both databases sort every attendance once for each COUNT(DISTINCT) otherwise.
PEOPLE = """
{held} SELECT rank, SUM(n), COUNT(*),
    SUM(women), SUM(gender_known), SUM(members), SUM(member_known),
    COUNT(NULLIF(women, 0)), COUNT(NULLIF(gender_known, 0)), COUNT(NULLIF(members, 0)), COUNT(NULLIF(member_known, 0))
FROM (
    SELECT held.rank AS rank, COUNT(*) AS n,
        COUNT(CASE WHEN r.gender = 'femme' THEN 1 END) AS women, COUNT(NULLIF(r.gender, '')) AS gender_known,
        COUNT(CASE WHEN r.cpts_member THEN 1 END) AS members, COUNT(r.cpts_member) AS member_known
    FROM {attended} GROUP BY held.rank, r.person_key
) person GROUP BY rank
"""
PEOPLE_COUNTS = [
    "attendances", "people", "women", "gender_known", "members", "member_known",
    "women_people", "gender_known_people", "members_people", "member_known_people",
]  # fmt: skip
NEWCOMERS = """
WITH span(rank, lo, hi) AS (VALUES {spans})
SELECT span.rank, COUNT(*) FROM (
    SELECT MIN(s.starts_at) AS first FROM activities_session s
    JOIN activities_attendance a ON a.session_id = s.id AND a.presence = 'present'
    JOIN activities_registration r ON r.id = a.registration_id
    WHERE s.state = 'held' AND s.starts_at < %s GROUP BY r.person_key
) person JOIN span ON person.first >= span.lo AND person.first < span.hi GROUP BY span.rank
"""
# First who came, with what was said of her; then how many came to each activity, in each span and in each group of it.
KNOWN = """
{held}, gathered(rank, whole) AS (VALUES {groups}),
came(person, activity, rank, whole, profession, place, gender, member) AS MATERIALIZED (
    SELECT r.person_key, held.activity, held.rank, gathered.whole, r.profession,
        CASE WHEN r.commune = '' THEN %s WHEN r.commune IN ({communes}) THEN %s ELSE %s END, r.gender, r.cpts_member
    FROM {attended} JOIN gathered ON gathered.rank = held.rank
)
SELECT 'person', person, profession, place, gender, member, 0, COUNT(*), 1 FROM came
GROUP BY person, profession, place, gender, member
UNION ALL {counted}
"""
COUNTED = """
SELECT '{kind}', NULL, NULL, NULL, NULL, NULL, kind, CAST(SUM(n) AS BIGINT), COUNT(*)
FROM (SELECT {column} AS kind, COUNT(*) AS n FROM came GROUP BY {column}, person) {kind} GROUP BY kind
"""
COLUMNS = {"activity": "activity", "month": "rank", "season": "whole"}
COMING = "{held} SELECT DISTINCT held.activity, r.person_key FROM {attended} WHERE held.activity IN ({activities})"


def sessions_of(spans):
    """Return [{"sessions", "places"}] of each span; the places of a cycle are those of its first session."""
    return rows_by_rank(SESSIONS, spans, ["sessions", "places"])


def sessions_by_activity(spans):
    """Return [(rank of the span, key of the activity, its title, sessions, places)] of what was held."""
    return rows(BY_ACTIVITY, spans)


def people_of(spans):
    """Return [{name of PEOPLE_COUNTS: number}] of each span."""
    return rows_by_rank(PEOPLE, spans, PEOPLE_COUNTS)


def newcomers_of(spans):
    """Return how many people came for the first time ever in each span.

    Somebody whose registrations were all anonymised, and who comes back, has a new key: she is new again.
    """
    last = moment(max(end for _, end in spans))
    return [row["newcomers"] for row in rows_by_rank(NEWCOMERS, spans, ["newcomers"], [last])]


def known_of(spans, groups, communes):
    """Return what is known of the attendances of these spans, months most often: (people, counts).

    groups: for each span a number, the same for those counted together too. people: [(person, profession, place,
    gender, member or None, attendances)], as often as somebody changed. counts: {"activity" | "month" | "season":
    {key of the activity, rank of the span, number of the group: (attendances, people)}.
    """
    counted = " UNION ALL ".join(COUNTED.format(kind=kind, column=column) for kind, column in COLUMNS.items())
    pairs = ", ".join(f"({rank}, {int(group)})" for rank, group in enumerate(groups))
    within = [*communes, WITHIN]
    words = {"groups": pairs, "communes": ", ".join(["%s"] * len(within)), "counted": counted}
    people, counts = [], {kind: {} for kind in COLUMNS}
    for kind, *person, key, attendances, number in rows(KNOWN, spans, [UNTOLD, *within, WITHIN, OUTSIDE], **words):
        if kind == "person":
            people.append((*person, attendances))
        else:
            counts[kind][key] = attendances, number
    return people, counts


def coming_to(activities, spans):
    """Return {key of an activity: the keys of who came to it}. The statement is sent for no activity too."""
    found = {pk: set() for pk in activities}
    for pk, person in rows(COMING, spans, activities=", ".join(str(int(pk)) for pk in activities) or "0"):
        found[pk].add(person)
    return found


def rows_by_rank(statement, spans, names, values=()):
    found = {rank: numbers for rank, *numbers in rows(statement, spans, values)}
    zeroes = [0] * len(names)
    return [dict(zip(names, map(int, found.get(rank, zeroes)), strict=True)) for rank in range(len(spans))]


def rows(statement, spans, values=(), **words):
    """Return the rows of a statement of this module. words: what it is made of, never what somebody typed."""
    places = ", ".join(f"({rank}, %s, %s)" for rank in range(len(spans)))
    moments = [moment(one) for one in chain.from_iterable(spans)]
    words |= {"spans": places, "held": HELD.format(spans=places), "attended": ATTENDED}
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**words), [*moments, *values])
        return cursor.fetchall()


def moment(value):
    return connection.ops.adapt_datetimefield_value(value)
