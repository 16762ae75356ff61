from resources.models.history import ResourceChange, ResourceReport
from resources.models.prevention import PreventionMessage, PreventionPage
from resources.models.resources import Resource, ResourceNeed, new_link_key
from resources.models.words import Commune, IndexMark, Synonyms

__all__ = [
    "Commune",
    "IndexMark",
    "PreventionMessage",
    "PreventionPage",
    "Resource",
    "ResourceChange",
    "ResourceNeed",
    "ResourceReport",
    "Synonyms",
    "new_link_key",
]
