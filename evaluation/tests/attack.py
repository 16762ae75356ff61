"""Someone who keeps everything that was ever shown, knows when each answer came, and reckons.

The unknown are counts: how many of the answers that came to a session between two looks gave each value. What was
shown bounds their sums; whole numbers are sought by scipy's mixed-integer solver. A count is derived when its least
and its greatest possible value are the same.
"""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp


class Attack:
    """values: those of an answer. Slices are (session, look); known(...) adds what is shown of some of them."""

    def __init__(self, values, sizes):
        self.values, self.sizes, self.slices = values, sizes, sorted(sizes)
        self.at = {
            (one, value): index for index, (one, value) in enumerate((s, v) for s in self.slices for v in values)
        }
        self.rows, self.least, self.most, self.found = [], [], [], []
        for one in self.slices:
            self.know({one}, values, sizes[one], sizes[one])

    def know(self, slices, values, least, most, weights=None):
        row = np.zeros(len(self.at))
        for one in slices:
            for value in values:
                row[self.at[one, value]] = weights[value] if weights else 1
        self.rows.append(row)
        self.least.append(least)
        self.most.append(most)

    def know_sum(self, slices, lowest, highest):
        self.know(slices, self.values, lowest, highest, {value: value for value in self.values})

    def know_rows(self, slices, rows):
        for row in rows:
            self.know(slices, row.values, row.count, row.count)

    def solve(self, goal):
        constraints = LinearConstraint(np.array(self.rows), self.least, self.most)
        result = milp(goal, constraints=constraints, bounds=Bounds(0, np.inf), integrality=np.ones(len(self.at)))
        assert result.status == 0, result.message
        solution = np.rint(result.x)
        self.found.append(solution)
        return solution

    def derived(self, groups, asked=None):
        """Return (slices, value, count) of each count that is certain: of 1 to 4, or of everybody in the group.

        asked: {what it is called: the values counted together}, each value alone by default.
        """
        draw = np.random.default_rng(1)
        for _ in range(6):
            self.solve(draw.normal(size=len(self.at)))
        asked = asked or {value: (value,) for value in self.values}
        certain = [(group, name) for group in groups for name in asked]
        return [(group, name, count) for group, name in certain if (count := self._certain(group, asked[name]))]

    def _certain(self, group, values):
        goal = np.zeros(len(self.at))
        goal[[self.at[one, value] for one in group for value in values]] = 1
        counts = {int(goal @ solution) for solution in self.found}
        everybody = sum(self.sizes[one] for one in group)
        if len(counts) > 1 or (count := counts.pop()) == 0 or not (count < 5 or count == everybody):
            return 0
        ends = {int(goal @ self.solve(goal)), int(goal @ self.solve(-goal))}
        return count if ends == {count} else 0


class Follower:
    """Knows of which slices each place's blocks are made, from the ledgers' changes."""

    def __init__(self, places):
        self.parents = {place.name: place.parent for place in places}
        self.waiting = {place.name: set() for place in places}
        self.own = {place.name: set() for place in places}

    def follow(self, before, after, arrived):
        changed = {
            name for name in self.own if after.get(name, {}).get("shown") != before.get(name, {}).get("shown", {})
        }
        for name, slices in arrived.items():
            self.waiting[name] |= slices
        moved = {}
        for name in self.own:
            if after.get(name, {}).get("taken", {}) != before.get(name, {}).get("taken", {}):
                moved.setdefault(self._nearest(name, changed), set()).update(self.waiting[name])
                self.waiting[name] = set()
        for name, slices in moved.items():
            self.own[name] |= slices
        return moved

    def _nearest(self, name, changed):
        while name not in changed:
            name = self.parents[name]
        return name

    def inside(self, name):
        """Return the slices told of a place, with those of the places under it."""
        below = (self.inside(child) for child, parent in self.parents.items() if parent == name)
        return self.own[name].union(*below)
