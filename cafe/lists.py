"""Lists of the coordination and of the working group: searched, filtered, sorted and paged by the address alone."""

import django_filters
from django import forms
from django.db.models import Q
from django_filters.views import FilterView

ORDER = "tri"


class WordsFilter(django_filters.CharFilter):
    """Every word that is typed is looked for in one at least of these fields."""

    def __init__(self, *searched, **options):
        self.searched = searched
        super().__init__(max_length=200, **options)

    def filter(self, queryset, value):
        for word in (value or "").split():
            found = [Q(**{f"{field}__icontains": word}) for field in self.searched]
            queryset = queryset.filter(Q(*found, _connector=Q.OR))
        return queryset


class ListFilter(django_filters.FilterSet):
    """What a list is asked. folded: the filters that wait behind a summary, in their order there.

    A value that means nothing is said at its field, and narrows nothing.
    """

    folded = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.form.fields.values():
            is_select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if is_select else "form-control"

    def shown_fields(self):
        return [field for field in self.form if field.name not in self.folded]

    def folded_fields(self):
        return [self.form[name] for name in self.folded]

    def is_unfolded(self):
        return any(self.data.get(name) for name in self.folded)

    def is_narrowing(self):
        return any(self.data.get(name) for name in self.filters if name != ORDER)

    def query(self):
        """Return what the list is asked, for the address of its files: they hold all its pages."""
        asked = self.data.copy()
        asked.pop("page", None)
        return asked.urlencode()


class FilteredListView(FilterView):
    """A list of fifty rows a page. Its filter is in the context as `filter`, whatever the address says."""

    strict = False
    paginate_by = 50
