import logging
import sys

import pytest
from django.test import RequestFactory

from cafe.logs import Discretion


def logged(path):
    """Return what a log keeps of a request to this address that broke."""
    try:
        raise ValueError("ce qui a été confié")
    except ValueError:
        record = logging.LogRecord(
            "django.request", logging.ERROR, "", 0, "%s: %s", ("Internal Server Error", path), sys.exc_info()
        )
    record.request = RequestFactory().get(path)
    Discretion().filter(record)
    return logging.Formatter().format(record)


@pytest.mark.parametrize(
    "path",
    [
        "/inscription/jeton.secret/",
        "/comptes/confirm-email/cle-secrete/",
        "/activites/yoga/c-est-note/secret/",
        "/ressources/verifier/jeton.secret/corriger/",
        "/ressources/docteur-secret-psychiatre/",
    ],
)
def test_an_error_keeps_its_traceback_but_not_the_personal_link(path):
    text = logged(path)

    assert "secr" not in text
    assert "ValueError" in text


@pytest.mark.parametrize("first", ["ecoute", "questionnaires"])
def test_of_the_listening_cell_and_of_answers_only_the_kind_of_error_is_kept(first):
    assert logged(f"/{first}/secret/") == f"/{first}/…: ValueError"


def test_other_addresses_are_told_whole():
    assert logged("/activites/yoga/").startswith("Internal Server Error: /activites/yoga/")
