"""The letters that were sent, as everybody reads them. No address here says who reads."""

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe
from django.views.generic import DetailView, ListView

from cafe.mail import absolute
from cafe.models import Portal
from newsletters.forms.subscribing import SubscribeForm
from newsletters.models import Newsletter
from newsletters.services.reading import search, shown
from newsletters.services.subscribing import ACCEPTED

PER_PAGE = 12
IN_FEED = 20
# XML knows no other control character than tab and the ends of lines.
CONTROLS = dict.fromkeys(set(range(32)) - {9, 10, 13})


class WholeFeed(Atom1Feed):
    """An Atom feed whose entries carry their whole text (RFC 4287, 4.1.3)."""

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})


@method_decorator(login_not_required, name="dispatch")
class LettersView(ListView):
    template_name = "newsletters/reading/letters.html"
    paginate_by = PER_PAGE

    def get_queryset(self):
        self.asked = " ".join(self.request.GET.get("q", "").split())
        letters = Newsletter.objects.published()
        return search(letters.defer("html"), self.asked) if self.asked else letters.defer("html", "text")

    def get_context_data(self, **kwargs):
        user = self.request.user
        form = SubscribeForm(initial={"email": user.email} if user.is_authenticated else {})
        said = {"asked": self.asked, "form": form, "accepted": ACCEPTED, "site_url": settings.SITE_URL}
        return super().get_context_data(**said, **kwargs)


@method_decorator(login_not_required, name="dispatch")
class LetterView(DetailView):
    """« Lire dans votre navigateur »: the same words for everybody."""

    template_name = "newsletters/reading/letter.html"
    context_object_name = "letter"

    def get_queryset(self):
        return Newsletter.objects.visible_to(self.request.user)

    def get_context_data(self, **kwargs):
        body = shown(self.object, url=reverse("letters"))
        return super().get_context_data(body=body, site_url=settings.SITE_URL, **kwargs)


@require_safe
@login_not_required
@cache_control(private=True, max_age=3600)
def letter_image(request, slug, pk):
    letter = get_object_or_404(Newsletter.objects.visible_to(request.user).only("pk"), slug=slug)
    image = get_object_or_404(letter.images, pk=pk)
    try:
        return FileResponse(image.file.open("rb"), filename=Path(image.file.name).name)
    except FileNotFoundError:
        raise Http404 from None


@require_safe
@login_not_required
@conditional_page
def letters_feed(request):
    """The last letters, whole, for a feed reader: it follows the programme without giving an address."""
    portal, page = Portal.load(), absolute(reverse("letters"))
    feed = WholeFeed(
        title=f"Lettres d’information, {portal.name}",
        link=page,
        description="",
        feed_url=absolute(reverse("letters_feed")),
        language="fr",
        author_name=portal.name,
    )
    for letter in Newsletter.objects.published()[:IN_FEED]:
        link = absolute(letter.get_absolute_url())
        feed.add_item(
            title=letter.subject.translate(CONTROLS),
            link=link,
            unique_id=link,
            description=escape(letter.preview.translate(CONTROLS)) or None,
            content=shown(letter, url=page, absolute=True).translate(CONTROLS),
            pubdate=letter.started_at,
            updateddate=letter.started_at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)
