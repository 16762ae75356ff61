"""The page that waits for a document, then gives it (see cafe.pdf)."""

from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from cafe import pdf
from cafe.models import Document, DocumentState


class OwnDocumentMixin:
    """Whoever holds the address sees the document, unless it was made for one person: then that one alone."""

    def dispatch(self, request, key):
        self.document = get_object_or_404(Document, pk=key, expires_at__gt=timezone.now())
        owner = self.document.requested_by_id
        if owner and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if owner and owner != request.user.pk:
            raise Http404
        return super().dispatch(request)


@method_decorator([login_not_required, never_cache], name="dispatch")
class DocumentView(OwnDocumentMixin, View):
    def get(self, request):
        context = {"document": self.document, "list_url": pdf.list_of(self.document)}
        return render(request, "pages/document.html", context)

    def post(self, request):
        """Try again what could not be made."""
        pdf.ask_again(self.document)
        return redirect(pdf.page_of(self.document))


@method_decorator([login_not_required, never_cache], name="dispatch")
class DocumentFileView(OwnDocumentMixin, View):
    def get(self, request):
        if self.document.state != DocumentState.READY:
            return redirect(pdf.page_of(self.document))
        try:
            content = self.document.file.open("rb")
        except FileNotFoundError:
            raise Http404 from None
        name = Path(self.document.filename).name
        return FileResponse(content, as_attachment=True, filename=name, content_type=self.document.content_type)
