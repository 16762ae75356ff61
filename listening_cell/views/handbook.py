"""The peers' guide, from docs/guide-pairs.md: one source for whoever reads the repository and whoever prints it."""

import re

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse

from cafe import markdown
from listening_cell.views.spaces import CellPage
from members.enums import Role
from members.permissions import RoleRequiredMixin

GUIDE = settings.BASE_DIR / "docs" / "guide-pairs.md"
# Where French never breaks a line: before these signs, after an opening quote, inside a number.
TIGHT = re.compile(r"(?<=«) | (?=[;:?!»])|(?<=\d) (?=\d)")


class HandbookView(RoleRequiredMixin, CellPage):
    """For peers and referents, without any passphrase: who has lost it must read here what to do."""

    roles = (Role.PEER, Role.CELL_REFERENT)

    def get(self, request):
        title, _, text = GUIDE.read_text("utf-8").partition("\n")
        home = "cell_peers" if request.user.has_role(Role.PEER) else "cell_referent"
        context = {
            "home": reverse(home),
            "title": title.removeprefix("# "),
            "text": markdown.render(TIGHT.sub("\u00a0", text)),
        }
        return render(request, "listening_cell/peers/handbook.html", context)
