"""Rules that hold in the whole project, whichever app one works on."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.urls import get_resolver
from django.utils.text import capfirst

ROOT = settings.BASE_DIR
APPS = [config.label for config in apps.get_app_configs() if Path(config.path).parent == ROOT]
TEMPLATES = sorted(
    path
    for folder in [ROOT / "templates", *(ROOT / label / "templates" for label in APPS)]
    for path in folder.rglob("*.*")
)
CODE = sorted(path for label in APPS for path in (ROOT / label).rglob("*.py") if "migrations" not in path.parts)
PRODUCT = [path for path in CODE if "tests" not in path.parts]

SAME_IN_FRENCH = {"commune", "description", "latitude", "longitude", "message", "note", "public", "source"}
# Kept by services alone: no form, nor anything that a person types, can break them.
SILENT_CONSTRAINTS = {
    "answer_says_something",
    "answer_value_once",
    "coding_once",
    "question_is_not_its_condition",
    "snapshot_once_per_scope",
    "survey_closed_has_date",
    "survey_keeps_its_threshold",
    "survey_open_has_date",
    "case_last_week_follows",
    "cell_settings_are_single",
    "envelope_once_per_peer",
    "letter_once_per_address",
    "letterdelivery_claimed_has_lease",
    "message_number_in_case",
    "newsletter_leaves_at_some_time",
    "newsletter_sent_is_rendered",
    "note_number_in_case",
    "peer_signed_key_expires",
    "slot_once_per_peer",
    "subscriber_active_has_confirmed",
    "subscriber_score_is_positive",
    "weekly_hour_once",
    "answer_once_per_question",
    "attendance_once_per_session",
    "availability_once_per_session",
    "hours_month_is_its_first_day",
    "proposal_date_once",
    "session_is_not_its_own_head",
    "vote_once_per_person",
    "outgoing_claimed_has_lease",
    "registration_number_in_session",
    "registration_offer_has_end",
    "registration_confirmed_has_date",
    "registration_cancelled_has_reason",
    "time_wish_once_per_slot",
    "portal_is_single",
    "letter_settings_are_single",
    "index_mark_is_single",
    "report_error_is_about_a_sheet",
    "resource_need_once",
    "resource_verified_by_someone",
    "hosting_one_per_rank",
    "hosting_once_per_session",
    "hosting_two_at_most",
}


def shown(paths):
    return [str(path.relative_to(ROOT)) for path in paths]


def own_models():
    return [model for label in APPS for model in apps.get_app_config(label).get_models()]


def linter_settings():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]


def test_apps_import_only_what_the_contracts_allow():
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_contracts_know_every_app():
    inside = linter_settings()["contracts"][-1]["containers"]
    assert (sorted(linter_settings()["root_packages"]), sorted(inside)) == (sorted(APPS), sorted({*APPS} - {"cafe"}))


def is_letter_or_print(path):
    """Mails and PDF carry their style with them; pages never do."""
    return "email" in path.parts or path.name.startswith(("mail", "pdf")) or "pdf" in path.parts


def test_no_page_has_style_or_script_within():
    forbidden = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=\"|javascript:", re.IGNORECASE)
    pages = [path for path in TEMPLATES if path.suffix in {".html", ".svg"} and not is_letter_or_print(path)]
    assert shown(path for path in pages if forbidden.search(path.read_text())) == []


def parent_of(path):
    found = re.search(r'{% extends "([^"]+)" %}', path.read_text())
    return found and next((other for other in TEMPLATES if str(other).endswith(f"/templates/{found[1]}")), None)


def root_of(path):
    while parent := parent_of(path):
        path = parent
    return path


def test_every_page_is_laid_out_by_the_layout():
    pieces = {"partials", "layout", "bootstrap5", "email", "elements", "pdf", "widgets"}
    pages = [
        path
        for path in TEMPLATES
        if path.suffix == ".html" and not pieces & {*path.parts} and not path.name.startswith("_")
    ]
    bare = [path for path in pages if root_of(path).parent.name != "layout"]
    assert shown(bare) == []


def test_every_mail_has_a_subject_a_text_and_an_html():
    parts = {"_subject.txt", "_body.txt", "_body.html"}
    mails = {}
    for path in TEMPLATES:
        for part in parts:
            if "email" in path.parts and path.name.endswith(part):
                mails.setdefault(path.with_name(path.name.removesuffix(part)), set()).add(part)
    assert shown(mail for mail, found in mails.items() if found != parts) == []


def test_nothing_is_left_for_later():
    later = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")
    files = [*CODE, *TEMPLATES, *(ROOT / "docs").rglob("*.md"), *(ROOT / "static" / "js").rglob("*.js")]
    assert shown(path for path in files if later.search(path.read_text(errors="ignore"))) == []


def test_neither_signals_nor_generic_relations():
    forbidden = re.compile(r"django\.dispatch|import .*\b(pre|post)_(save|delete)\b|GenericForeignKey|@receiver")
    assert shown(path for path in PRODUCT if forbidden.search(path.read_text())) == []


def test_twelve_middlewares_at_most_two_of_ours():
    ours = [path for path in settings.MIDDLEWARE if path.partition(".")[0] in APPS]
    assert (len(settings.MIDDLEWARE) <= 12, len(ours) <= 2) == (True, True)


def test_every_rule_that_a_person_can_break_says_so_in_french():
    mute = {
        constraint.name
        for model in own_models()
        for constraint in model._meta.constraints
        if constraint.violation_error_message == constraint.default_violation_error_message
    }
    assert mute == SILENT_CONSTRAINTS


def model_forms(base=forms.ModelForm):
    for form in base.__subclasses__():
        yield from [form, *model_forms(form)] if form.__module__.partition(".")[0] in APPS else model_forms(form)


def test_every_field_of_a_form_is_named_in_french():
    get_resolver().reverse_dict  # noqa: B018
    english = {
        f"{form.__name__}.{name}"
        for form in model_forms()
        for name, field in form.base_fields.items()
        if field.label in {None, capfirst(name.replace("_", " "))} and name not in SAME_IN_FRENCH
    }
    assert english == set()


def test_every_variable_of_the_settings_is_explained_in_the_readme():
    variables = re.findall(r'env[.\w]*\(\s*"(\w+)"', (ROOT / "cafe" / "settings.py").read_text())
    readme = (ROOT / "README.md").read_text()
    assert {name for name in variables if f"`{name}`" not in readme} == set()


@pytest.mark.parametrize("library", ["weasyprint", "css_inline", "faker", "openpyxl"])
def test_the_web_process_never_loads(library):
    code = (
        "import sys, cafe.wsgi; from django.urls import get_resolver; get_resolver().reverse_dict;"
        f"sys.exit({library!r} in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
