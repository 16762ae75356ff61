"""What leaves as files: tables of results, the file of records for publication, its codebook."""

from django.shortcuts import get_object_or_404, render
from django.views import View

from activities.views.coordination import CoordinationMixin
from evaluation.models import Survey


class FilesView(CoordinationMixin, View):
    def get(self, request, pk):
        survey = get_object_or_404(Survey, pk=pk)
        return render(request, "evaluation/files/files.html", {"survey": survey})
