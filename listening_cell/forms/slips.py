"""The slip of a closed case: closed lists alone, no word of anybody's own."""

from django import forms

from listening_cell import counting
from listening_cell.enums import For
from members.enums import Profession

GROUPS = {
    counting.ProfessionGroup.PHYSICIANS: (Profession.GENERAL_PRACTITIONER, Profession.SPECIALIST),
    counting.ProfessionGroup.NURSING: (
        Profession.NURSE, Profession.ADVANCED_NURSE, Profession.NURSING_ASSISTANT, Profession.CHILDCARE_ASSISTANT,
    ),
    counting.ProfessionGroup.REHABILITATION: (
        Profession.PHYSIOTHERAPIST, Profession.SPEECH_THERAPIST, Profession.ORTHOPTIST, Profession.PODIATRIST,
        Profession.OCCUPATIONAL_THERAPIST, Profession.PSYCHOMOTOR_THERAPIST,
    ),
    counting.ProfessionGroup.BIRTH_AND_TEETH: (Profession.MIDWIFE, Profession.DENTIST),
    counting.ProfessionGroup.PRODUCTS_AND_TESTS: (
        Profession.PHARMACIST, Profession.PHARMACY_TECHNICIAN, Profession.BIOLOGIST, Profession.LAB_TECHNICIAN,
        Profession.RADIOGRAPHER, Profession.MEDICAL_PHYSICIST, Profession.OPTICIAN, Profession.HEARING_AID_SPECIALIST,
        Profession.ORTHOTIST,
    ),
    counting.ProfessionGroup.STUDENTS: (Profession.STUDENT,),
}  # fmt: skip
GROUP_OF = {profession.value: group for group, professions in GROUPS.items() for profession in professions}
BOUNDS = (
    (1, counting.Talks.NONE),
    (2, counting.Talks.ONE),
    (4, counting.Talks.TWO_OR_THREE),
    (7, counting.Talks.FOUR_TO_SIX),
)


def group_of(profession):
    """Return the group in which a profession is counted; none where it was not told."""
    return GROUP_OF.get(profession, counting.ProfessionGroup.OTHER) if profession else None


def talks_of(count):
    """Return the class of a number of talks; none where nothing was written down, the pair then says."""
    if count is None:
        return None
    return next((talks for limit, talks in BOUNDS if count < limit), counting.Talks.SEVEN_OR_MORE)


def one_of(members, label, widget=forms.RadioSelect):
    choices = members.choices()
    return forms.ChoiceField(label=label, choices=choices, widget=widget, error_messages={"required": "Choisissez."})


def some_of(members, label):
    widget = forms.CheckboxSelectMultiple
    return forms.MultipleChoiceField(label=label, choices=members.choices(), widget=widget, required=False)


class SlipForm(forms.Form):
    """sheets: {key of a slip: name} of the sheets handed over in this case."""

    profession = one_of(counting.ProfessionGroup, "Profession")
    beneficiary = one_of(counting.Beneficiary, "Pour qui")
    talks = one_of(counting.Talks, "Nombre d’entretiens")
    through = one_of(counting.Through, "Comment la cellule a été connue")
    motives = some_of(counting.Motive, "Motifs")
    orientations = some_of(counting.Orientation, "Orientations")
    resources = forms.MultipleChoiceField(
        label="Fiches remises",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=f"{counting.MOST_RESOURCES} au plus.",
    )

    def __init__(self, *args, sheets, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["resources"].choices = list(sheets.items())
        if not sheets:
            del self.fields["resources"]

    def clean_resources(self):
        keys = self.cleaned_data["resources"]
        if len(keys) > counting.MOST_RESOURCES:
            raise forms.ValidationError(f"{counting.MOST_RESOURCES} fiches au plus : gardez celles qui ont compté.")
        return keys

    def slip(self):
        return counting.Slip(**self.cleaned_data)


def proposed(*, request, talks, motives, sheets):
    """Return what the form is filled with, from what the case knows; the pair changes whatever is wrong.

    talks: how many were held, None where the log is empty.
    """
    group, number = group_of(request.profession), talks_of(talks)
    for_self = request.for_whom == For.SELF
    beneficiary = counting.Beneficiary.SELF if for_self else counting.Beneficiary.COLLEAGUE
    return {
        "profession": group.value if group else None,
        "talks": number.value if number else None,
        "beneficiary": beneficiary.value,
        "motives": [motive.value for motive in motives],
        "resources": list(sheets)[: counting.MOST_RESOURCES],
    }
