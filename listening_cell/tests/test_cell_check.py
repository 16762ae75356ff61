"""What the technician's commands say and put right; what they never write out."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.utils import timezone

from listening_cell import vault
from listening_cell.enums import CaseState, KeyState
from listening_cell.models import (
    Case,
    CaseEnvelope,
    CellAudit,
    CellSettings,
    Message,
    Note,
    Peer,
    Referent,
    RootKey,
    Slip,
)
from listening_cell.services import audit, casework, checking, files, keys
from listening_cell.tests.factories import (
    PASSPHRASE,
    make_case,
    make_cell,
    make_peer,
    private_of,
)
from members.enums import Role
from members.models import User
from members.tests.factories import make_superuser, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cell():
    return make_cell()


def check(**options):
    """Run the command; return (what it wrote, whether it ended in error)."""
    out = StringIO()
    try:
        call_command("cell_check", stdout=out, **options)
    except CommandError as error:
        return out.getvalue(), error.returncode
    return out.getvalue(), 0


def to_see(**options):
    """Return the first words of each point that the command finds wrong."""
    written, _ = check(**options)
    return [line.removeprefix("À VOIR : ") for line in written.splitlines() if line.startswith("À VOIR")]


@pytest.fixture
def settled(monkeypatch):
    """No file is of a request under way."""
    monkeypatch.setattr(checking, "UNDER_WAY_SECONDS", -1)


# --- cell_check -----------------------------------------------------------------------------------


def test_before_the_ceremony_there_is_nothing_to_see():
    written, code = check()

    assert "la cérémonie reste à tenir" in written
    assert code == 0


def test_a_sound_cell_has_nothing_to_see(cell, settled):
    peer = make_peer(cell)
    opened, _ = make_case(peer)
    casework.write_note(opened=opened, author=peer.pk, content={})

    written, code = check()

    assert code == 0
    assert written.splitlines() == [
        "ok : Clé racine : reconnue.",
        "ok : Clés valables : 2. À signer : 0.",
        f"ok : Chaîne de traces : entière, {CellAudit.objects.count()} lignes.",
        "ok : Fichiers d’oubli : un par suivi, aucun de trop.",
        "ok : Comptes rendus : aucun ne manque.",
        "ok : Messages : aucun ne manque.",
        "ok : Durées de conservation : respectées.",
    ]


def test_a_swapped_key_and_a_swapped_statistics_key_are_seen(cell):
    peer = make_peer(cell)
    public = vault.public_of(vault.new_private())
    Peer.objects.filter(pk=peer.pk).update(public_key=public)
    CellSettings.objects.update(stat_public=public)

    written, code = check()

    assert code == 1
    assert f"À VOIR : Clé {peer.pk} : la base la dit signée, la racine non" in written
    assert "À VOIR : La clé des statistiques" in written


@pytest.mark.parametrize(
    ("tampered", "sentence"),
    [
        (lambda: RootKey.objects.update(verify_key=b"x" * 32), "n’est pas celle que le serveur connaît"),
        (lambda: RootKey.objects.create(epoch=2, verify_key=b"x" * 32), "que la précédente n’a pas signée"),
    ],
)
def test_a_root_that_nobody_signed_is_seen(cell, tampered, sentence):
    tampered()

    assert sentence in to_see()[0]


def test_a_lost_anchor_is_seen(cell, settings):
    settings.CELL_ROOT_FILE.unlink()

    assert "ni dans l’environnement ni en fichier" in to_see()[0]


def test_truncated_audit_is_seen(cell):
    seq = CellAudit.objects.latest("seq").seq
    CellAudit.objects.filter(seq=seq).delete()

    assert f"rompue à la ligne {seq}" in to_see()[0]


def test_expired_keys_are_told_without_being_a_fault(cell, time_machine):
    make_peer(cell)
    time_machine.move_to(timezone.now() + timedelta(days=365 * keys.KEY_YEARS + 1))

    written, code = check()

    assert "Clés expirées, qu’un référent peut prolonger : 2." in written
    assert code == 0


def test_the_file_of_a_failed_request_is_told_then_removed_and_those_of_living_cases_stay(cell, settled):
    opened, _ = make_case(make_peer(cell))
    files.new_shred("0" * 26, audit.this_week())

    told = to_see()
    repaired, code = check(repair=True)

    assert told == [f"Fichier {'0' * 26}.shred : il n’est d’aucun suivi. --repair l’efface."]
    assert ("Fichiers effacés : 1. Suivis oubliés, effacés : 0." in repaired, code) == (True, 0)
    assert files.references() == {opened.case.reference}
    assert files.shred_of(opened.case.reference) == opened.shred


def test_the_file_of_a_request_under_way_is_left_alone(cell):
    files.new_shred("0" * 26, audit.this_week())

    assert (to_see(repair=True), files.references()) == ([], {"0" * 26})


def test_a_case_brought_back_by_a_backup_is_told_then_removed(cell, settled):
    opened, _ = make_case(make_peer(cell))
    (files.folder() / f"{opened.case.reference}.shred").unlink()

    told = to_see()
    after = to_see(repair=True)

    assert told == [f"Suivi {opened.case.reference} : oublié, plus rien n’en est lisible. --repair efface ses lignes."]
    assert (after, Case.objects.count()) == ([], 0)


def test_notes_fewer_than_were_written_are_seen(cell):
    peer = make_peer(cell)
    opened, _ = make_case(peer)
    for _ in range(3):
        casework.write_note(opened=opened, author=peer.pk, content={})
    Note.objects.filter(number=3).delete()
    Case.objects.update(notes=2)

    assert to_see() == [f"Suivi {opened.case.reference} : 2 comptes rendus sur 3."]


def test_messages_fewer_than_were_written_are_seen(cell):
    opened, _ = make_case(make_peer(cell))
    for _ in range(3):
        casework.write_message(opened=opened, author=casework.REQUESTER, content="")
    Message.objects.filter(number=3).delete()
    Case.objects.update(messages=2)

    assert to_see() == [f"Suivi {opened.case.reference} : 2 messages sur 3."]


@pytest.mark.parametrize(
    ("state", "days", "late"),
    [
        (CaseState.ASKED, 30, False),
        (CaseState.ASKED, 45, True),
        (CaseState.CLOSED, 60, False),
        (CaseState.CLOSED, 75, True),
        (CaseState.FOLLOWED, 365, False),
        (CaseState.FOLLOWED, 380, True),
    ],
)
def test_cases_whose_term_has_passed_are_told_without_saying_how_many(cell, time_machine, state, days, late):
    for _ in range(2):
        make_case(make_peer(cell))
    Case.objects.update(state=state)
    CaseEnvelope.objects.update(rounds=99)
    time_machine.move_to(timezone.now() + timedelta(days=days))

    wanted = ["Des suivis ont dépassé leur durée de conservation : la purge du jour ne tourne pas."]
    assert to_see() == (wanted if late else [])


# --- After a backup was restored ------------------------------------------------------------------


def test_after_a_restored_backup_what_is_lost_is_told_and_the_rest_reads_again(cell, settled):
    peer = make_peer(cell)
    opened, _ = make_case(peer)
    private = private_of(peer)
    casework.write_note(opened=opened, author=peer.pk, content="gardé")
    kept = CellAudit.objects.count()
    casework.write_note(opened=opened, author=peer.pk, content="perdu")
    casework.write_message(opened=opened, author=peer.pk, content="perdu")
    audit.record("unlock", actor=peer.pk)
    # The backup of before these three lines comes back.
    Note.objects.filter(number=2).delete()
    Message.objects.all().delete()
    Case.objects.update(notes=1, messages=0)
    CellAudit.objects.filter(seq__gt=kept).delete()

    before = to_see()
    written, code = check(restored=True)

    assert len(before) == 3
    assert "Lignes de la chaîne perdues avec la restauration : 1." in written
    assert f"Suivi {opened.case.reference} : comptes rendus perdus, 1 ; les autres se lisent de nouveau." in written
    assert f"Suivi {opened.case.reference} : messages perdus, 1 ; les autres se lisent de nouveau." in written
    assert code == 0
    again = casework.open_envelope(peer.envelopes.select_related("case").get(), private)
    assert [note.content for note in casework.read_notes(again)] == ["gardé"]
    assert casework.read_messages(again) == []
    audit.record("unlock", actor=peer.pk)
    assert audit.broken_link() is None


def test_a_restored_backup_does_not_bring_a_revoked_peer_back(cell):
    peer = make_peer(cell)
    before = Peer.objects.filter(pk=peer.pk).values("state", "signature").get()
    keys.revoke(holder=peer, actor=cell.referent.pk)
    Peer.objects.filter(pk=peer.pk).update(**before)

    assert to_see(restored=True) == [f"Clé {peer.pk} : la base la dit signée, la racine non, ou elle fut révoquée."]


# --- cell_referent --------------------------------------------------------------------------------


def roles_of(user):
    return User.objects.get(pk=user.pk).role_names


def test_the_first_referent_is_named_and_told_how_to_hold_the_ceremony(capsys):
    user = make_user()

    call_command("cell_referent", user.email.upper())

    said = capsys.readouterr().out
    assert roles_of(user) == {Role.CELL_REFERENT}
    assert ("/ecoute/cle/referent/" in said, "CELL_ROOT_VERIFY_KEY" in said, "second facteur" in said) == (True,) * 3


def test_once_root_exists_the_command_only_invites(cell, capsys):
    user = make_user()

    call_command("cell_referent", user.email)

    assert Referent.objects.get(user=user).state == KeyState.INVITED
    assert roles_of(user) == {Role.CELL_REFERENT}
    assert "Un référent en place la signe" in capsys.readouterr().out
    with pytest.raises(CommandError, match="a déjà une clé"):
        call_command("cell_referent", cell.referent.user.email)


def test_taking_the_role_back_revokes_the_key_even_of_who_now_coordinates(cell, capsys):
    user = cell.referent.user
    user.groups.create(name=Role.COORDINATION)

    call_command("cell_referent", user.email, retirer=True)

    assert roles_of(user) == {Role.COORDINATION}
    assert Referent.objects.get().state == KeyState.REVOKED
    assert "révoquée" in capsys.readouterr().out


def test_no_account_no_coordinator_and_no_administrator_becomes_referent():
    refused = [make_user(role=Role.COORDINATION), make_superuser()]

    with pytest.raises(CommandError, match="Aucun compte"):
        call_command("cell_referent", "personne@cafe.example")
    for user in refused:
        with pytest.raises(CommandError, match="ne peut pas aussi écouter"):
            call_command("cell_referent", user.email)
    assert [Role.CELL_REFERENT in roles_of(user) for user in refused] == [False, False]


def test_root_lost_for_good_another_ceremony_is_held_and_cases_stay_readable(cell, settings, capsys):
    peer = make_peer(cell)
    opened, _ = make_case(peer)
    Slip.objects.create(blob=b"x")
    user = cell.referent.user

    call_command("cell_referent", user.email, new_root=True)
    between = (keys.verify_key(), keys.valid_peers())
    cell.referent.refresh_from_db()
    new = keys.hold_ceremony(user=user, passphrase=PASSPHRASE).holder
    private = keys.unlock(holder=new, passphrase=PASSPHRASE)
    peer.refresh_from_db()
    keys.sign_holder(holder=peer, root=keys.root_of(referent=new, private=private), actor=new.pk)

    assert "Clés à signer de nouveau : 2." in capsys.readouterr().out
    assert between == (None, [])
    assert keys.valid_peers() == [peer]
    assert Slip.objects.count() == 0
    envelope = peer.envelopes.select_related("case").get()
    assert casework.open_envelope(envelope, private_of(peer)).case_key == opened.case_key
    assert check()[1] == 0


def test_root_is_not_forgotten_while_the_environment_names_it(cell, settings):
    settings.CELL_ROOT_VERIFY_KEY = keys.verify_key().hex()

    with pytest.raises(CommandError, match="CELL_ROOT_VERIFY_KEY"):
        call_command("cell_referent", cell.referent.user.email, new_root=True)
    assert RootKey.objects.count() == 1


# --- What is never written out --------------------------------------------------------------------


@pytest.mark.parametrize("labels", [[], ["listening_cell"], ["listening_cell.Peer", "members"]])
def test_dumpdata_never_holds_the_cell(cell, tmp_path, labels):
    make_case(make_peer(cell))

    call_command("dumpdata", *labels, output=str(tmp_path / "dump.json"))

    dump = json.loads((tmp_path / "dump.json").read_text())
    assert [row for row in dump if row["model"].startswith("listening_cell.")] == []
    assert bool(dump) == (labels != ["listening_cell"])


def test_the_admin_knows_no_model_of_the_cell():
    models = set(apps.get_app_config("listening_cell").get_models())

    assert models & set(admin.site._registry) == set()
