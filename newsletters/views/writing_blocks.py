"""The coordination writes the blocks of a newsletter, moves them, and sees each as it will read."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST

from activities.views.coordination import coordination_required
from cafe.errors import Refusal
from newsletters.blocks import pieces_of
from newsletters.enums import BlockKind
from newsletters.forms.writing import FORMS
from newsletters.models import Block
from newsletters.rendering import rendered
from newsletters.services import writing
from newsletters.views.framing import frame_response, framed, framing
from newsletters.views.writing import UnsentPage, find_letter, page_at

KINDS = [
    (BlockKind.TEXT, "Quelques phrases, une liste, un lien."),
    (BlockKind.HEADING, "Pour s’y retrouver d’un coup d’œil."),
    (BlockKind.SESSIONS, "Les dates qui viennent, avec les places qui restent."),
    (BlockKind.SESSION, "Une date, son lieu, ses places."),
    (BlockKind.PREVENTION, "Une phrase courte, à choisir parmi les nôtres."),
    (BlockKind.RESOURCE, "Vers qui se tourner."),
    (BlockKind.BUTTON, "Ce que l’on attend de qui lit. Un seul par lettre suffit."),
    (BlockKind.IMAGE, "Une photo, et ce qu’elle montre."),
]


def find_block(pk, block):
    """Return a block of this newsletter, which it carries along."""
    return get_object_or_404(Block.objects.select_related("newsletter"), pk=block, newsletter=pk)


@framing
class BlockFormView(UnsentPage):
    """Writes a block of one kind, and shows it as it will read."""

    block = None

    def page(self, form, kind):
        return self.show("block", form=form, kind=kind, kind_label=BlockKind(kind).label, block=self.block)

    def form(self, kind, *bound):
        content = self.block.content if self.block else None
        return FORMS[kind](*bound, newsletter=self.newsletter, content=content)

    def answer(self, kind):
        form = self.form(kind, self.request.POST, self.request.FILES)
        if form.is_valid():
            try:
                block = self.save(kind, form.content(), form.image_values() if kind == BlockKind.IMAGE else {})
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(self.request, "Le bloc est enregistré.")
                return redirect(page_at(self.newsletter.pk, block.pk))
        return self.page(form, kind)


class BlockAddView(BlockFormView):
    """The kind, chosen first and told by the address, says what there is to fill in."""

    @property
    def kind(self):
        asked = self.request.GET.get("sorte", "")
        return asked if asked in BlockKind.values else ""

    def get(self, request, pk):
        return self.page(self.form(self.kind), self.kind) if self.kind else self.show("kinds", kinds=KINDS)

    def post(self, request, pk):
        return self.answer(self.kind) if self.kind else redirect("letter_block_add", pk)

    def save(self, kind, content, image):
        return writing.add_block(newsletter=self.newsletter, kind=kind, content=content, **image)


class BlockEditView(BlockFormView):
    @cached_property
    def block(self):
        return find_block(self.kwargs["pk"], self.kwargs["block"])

    def get(self, request, pk, block):
        return self.page(self.form(self.block.kind), self.block.kind)

    def post(self, request, pk, block):
        return self.answer(self.block.kind)

    def save(self, kind, content, image):
        return writing.change_block(block=self.block, content=content, **image)


class BlockDeleteView(UnsentPage):
    @cached_property
    def block(self):
        return find_block(self.kwargs["pk"], self.kwargs["block"])

    def get(self, request, pk, block):
        return self.show("block_delete", block=self.block)

    def post(self, request, pk, block):
        try:
            writing.delete_block(block=self.block)
            messages.success(request, "Le bloc est supprimé.")
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("letter_edit", pk)


@coordination_required
@require_POST
def block_shift(request, pk, block):
    found = find_block(pk, block)
    try:
        writing.shift_block(block=found, step=-1 if request.POST.get("sens") == "haut" else 1)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect(page_at(pk, block))


@coordination_required
@framed
@require_POST
def block_frame(request, pk):
    """One block as it would read with what is being typed, alone in the letter; nothing is kept.

    What is not filled in yet shows nothing. An image shows once it is kept.
    """
    newsletter = find_letter(pk)
    kind = request.POST.get("sorte", "")
    block = Block(newsletter=newsletter, kind=kind if kind in FORMS else BlockKind.TEXT)
    number = request.POST.get("bloc", "")
    kept = next((one for one in newsletter.blocks.filter(kind=block.kind) if str(one.pk) == number), None)
    form = FORMS[block.kind](request.POST, newsletter=newsletter, content=kept.content if kept else None)
    form.full_clean()
    if block.kind == BlockKind.IMAGE or form.is_valid():
        block.content = form.content()
    return frame_response(newsletter, rendered(newsletter, pieces_of(newsletter, [block])).html)
