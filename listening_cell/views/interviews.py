"""The interview log: writing a talk down, reading it with its former versions, writing another version."""

from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_variables

from cafe.errors import Refusal
from listening_cell import guide
from listening_cell.forms.notes import InterviewForm, initial_of, typed
from listening_cell.services import casework, directory, interviews
from listening_cell.views.cases import CasePage


class InterviewPage(CasePage):
    """The form of one talk. A search of the directory is a sending of the same form: what was typed comes back."""

    interview = None

    def form(self, *data, initial=None, ticked=(), found=()):
        again, slugs = self.interview is not None, [*ticked, *(sheet.slug for sheet in found)]
        kept = self.interview.content["resources"] if again else ()
        sheets = directory.names(user=self.request.user, slugs=slugs, kept=kept)
        hours = [] if again else interviews.hours_in_common(self.case)
        return InterviewForm(*data, initial=initial, sheets=sheets, hours=hours, again=again)

    def show(self, form, **context):
        version = self.request.POST.get("version") or (self.interview and self.interview.latest.number)
        context = {"interview": self.interview, "version": version} | context
        return self.page("interview_form", form=form, **context)

    @sensitive_variables()
    def get(self, request, **kwargs):
        if not casework.is_open(self.case):
            return redirect("cell_case", self.case.pk)
        initial = self.initial()
        return self.show(self.form(initial=initial, ticked=initial.get("resources", ())))

    def initial(self):
        return {"day": interviews.day_of_last_talk(self.case)}

    @sensitive_variables()
    def post(self, request, **kwargs):
        ticked = request.POST.getlist("resources")
        if "search" in request.POST:
            return self.searched(ticked)
        form = self.form(request.POST, ticked=ticked)
        if form.is_valid():
            try:
                return self.written(form.content())
            except interviews.Changed as refusal:
                form.add_error(None, refusal.sentence)
                return self.show(form, version=self.interview.latest.number, changed=True)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
        return self.show(form)

    @sensitive_variables()
    def searched(self, ticked):
        found = directory.search(user=self.request.user, words=self.request.POST.get("look_for", ""))
        form = self.form(initial=typed(self.request.POST), ticked=ticked, found=found)
        return self.show(form, searched=True, found=found)

    @sensitive_variables()
    def written(self, content):
        replaces = self.replaces()
        interviews.write_interview(opened=self.opened, envelope=self.envelope, content=content, replaces=replaces)
        return self.back()

    def replaces(self):
        return None


class WriteInterviewView(InterviewPage):
    """Write a talk down."""


class SomeInterview:
    """Finds the talk that a number names, in this case; 404 for any other."""

    def find(self, number):
        self.interview = interviews.interview_of(casework.read_notes(self.opened), number)
        if self.interview is None:
            raise Http404


class InterviewView(SomeInterview, CasePage):
    """One talk as it stands, and its former versions."""

    @sensitive_variables()
    def get(self, request, number):
        self.find(number)
        slugs = {slug for version in self.interview.versions for slug in version.content["resources"]}
        sheets = directory.sheets(user=request.user, slugs=slugs)
        authors = self.names({version.author for version in self.interview.versions})
        versions = [in_words(version, sheets, authors) for version in reversed(self.interview.versions)]
        return self.page("interview", interview=self.interview, latest=versions[0], earlier=versions[1:])


class EditInterviewView(SomeInterview, InterviewPage):
    """Write another version; the page names the one that was on screen, so that nothing is overwritten unseen."""

    @sensitive_variables()
    def get(self, request, number):
        self.find(number)
        return super().get(request)

    @sensitive_variables()
    def post(self, request, number):
        self.find(number)
        return super().post(request)

    def initial(self):
        return initial_of(self.interview.content)

    def replaces(self):
        """Return the version that was on screen; where a form names none, none that there is."""
        sent = self.request.POST.get("version", "")
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 6 else 0  # noqa: PLR2004


def in_words(version, sheets, authors):
    """Return what a page shows of a version, its codes put into words."""
    content = version.content
    return {
        "author": authors.get(version.author, "Un pair"),
        "at": version.at,
        "day": interviews.day_of(content),
        "held": dict(guide.HELD).get(content["held"], ""),
        "level": guide.LEVEL_BY_KEY.get(content["alert"]),
        "themes": guide.labels(content["themes"]),
        "addictions": guide.addiction_labels(content["addictions"]),
        "agreed": content["agreed"],
        "narrative": content["narrative"],
        "sheets": [sheets[slug] for slug in content["resources"] if slug in sheets],
        "lost": [slug for slug in content["resources"] if slug not in sheets],
        "next": interviews.next_of(content),
    }
