"""What a technician checks without reading anything: signatures, chain, files, terms; and what may be put right.

A finding is a French sentence and whether it is a fault. Nothing names a person nor a case, but for random references
that mean nothing outside the server.
"""

import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from listening_cell.enums import KeyState
from listening_cell.models import Case, CellAudit, CellSettings, Message, Note, Peer, Referent, RootKey
from listening_cell.services import audit, casework, enrolling, files, keys, retention

LATE = timedelta(days=2)  # the purge runs every day
# A file is written before its transaction ends: one that is younger than this may be of a request under way.
UNDER_WAY_SECONDS = 3600


@dataclass(frozen=True)
class Finding:
    sentence: str
    wrong: bool = False


def fine(sentence):
    return Finding(sentence)


def wrong(sentence):
    return Finding(sentence, wrong=True)


def check():
    """Return every finding, in the order in which one puts things right."""
    return [*root(), *holders(), *chain(), *shred_files(), *notes(), *messages(), *terms()]


# --- Keys -----------------------------------------------------------------------------------------


def root():
    """Check that ROOT leads from its anchor to the last successor, and signed the statistics key."""
    anchor, rows = keys.anchor(), list(RootKey.objects.all())
    if anchor is None and not rows:
        return [fine("La clé racine n’est pas encore créée : la cérémonie reste à tenir.")]
    if anchor is None:
        return [
            wrong("La base a une clé racine, mais sa clé de vérification n’est ni dans l’environnement ni en fichier.")
        ]
    if anchor not in [bytes(row.verify_key) for row in rows]:
        return [wrong("La clé racine de la base n’est pas celle que le serveur connaît : plus aucune clé ne compte.")]
    if bytes(rows[-1].verify_key) != keys.verify_key():
        return [wrong("La base contient une clé racine que la précédente n’a pas signée : elle est ignorée.")]
    found = [fine("Clé racine : reconnue.")]
    if bytes(CellSettings.load().stat_public) and keys.stat_public() is None:
        found.append(wrong("La clé des statistiques n’est pas celle que la racine a signée : on l’a changée."))
    return found


def holders():
    """Check that ROOT signed each key that the database says signed, and that a referent can go on."""
    verify_key, found = keys.verify_key(), []
    everyone = [holder for model in (Referent, Peer) for holder in model.objects.all()]
    standings = [enrolling.standing(holder, verify_key) for holder in everyone]
    refused = [holder.pk for holder, word in zip(everyone, standings, strict=True) if word == "refused"]
    found += [wrong(f"Clé {pk} : la base la dit signée, la racine non, ou elle fut révoquée.") for pk in refused]
    valid = sum(standings.count(word) for word in (KeyState.SIGNED, "soon"))
    found.append(fine(f"Clés valables : {valid}. À signer : {standings.count(KeyState.UNSIGNED)}."))
    if expired := standings.count("expired"):
        found.append(fine(f"Clés expirées, qu’un référent peut prolonger : {expired}."))
    return found


def chain():
    """Check that no line of the audit chain was changed, removed or cut off."""
    seq = audit.broken_link()
    if seq is None:
        return [fine(f"Chaîne de traces : entière, {CellAudit.objects.count()} lignes.")]
    return [
        wrong(
            f"Chaîne de traces : rompue à la ligne {seq}. Des lignes ont été changées, retirées, ou la base est plus "
            "ancienne que les fichiers (après une restauration, voir docs/cellule-ceremonie.md)."
        )
    ]


# --- Files ----------------------------------------------------------------------------------------


def orphans():
    """Return the references of the SHRED files of no case, those of a transaction under way left out."""
    ages = {path.stem: time.time() - path.stat().st_ctime for path in files.folder().glob("*.shred")}
    # Read after the files: a case that was committed meanwhile is in it.
    living = set(Case.objects.values_list("reference", flat=True))
    return sorted(name for name, age in ages.items() if name not in living and age > UNDER_WAY_SECONDS)


def unreadable():
    """Return the references of the cases whose SHRED key is gone: forgotten, then brought back by an old backup."""
    return sorted(set(Case.objects.values_list("reference", flat=True)) - files.references())


def shred_files():
    lonely, lost = orphans(), unreadable()
    found = [wrong(f"Fichier {name}.shred : il n’est d’aucun suivi. --repair l’efface.") for name in lonely]
    found += [wrong(f"Suivi {name} : oublié, plus rien n’en est lisible. --repair efface ses lignes.") for name in lost]
    return found or [fine("Fichiers d’oubli : un par suivi, aucun de trop.")]


def missing(model, count):
    """Return {reference: (how many are there, how many were written)} of the cases that lack notes, or messages."""
    there = Counter(model.objects.values_list("case_id", flat=True))
    written = {case.pk: count(case) for case in Case.objects.all()}
    return {name: (there[name], wanted) for name, wanted in written.items() if there[name] < wanted}


def missing_notes():
    return missing(Note, casework.note_count)


def missing_messages():
    return missing(Message, casework.message_count)


def notes():
    lacking = missing_notes()
    sentences = [f"Suivi {name} : {there} comptes rendus sur {count}." for name, (there, count) in lacking.items()]
    return [wrong(sentence) for sentence in sentences] or [fine("Comptes rendus : aucun ne manque.")]


def messages():
    lacking = missing_messages()
    sentences = [f"Suivi {name} : {there} messages sur {count}." for name, (there, count) in lacking.items()]
    return [wrong(sentence) for sentence in sentences] or [fine("Messages : aucun ne manque.")]


# --- Terms ----------------------------------------------------------------------------------------


def terms():
    """Check that the daily purge forgets what it should, without saying how many: one would tell that one asked."""
    if retention.forgettable(timezone.now() - LATE).exists():
        return [wrong("Des suivis ont dépassé leur durée de conservation : la purge du jour ne tourne pas.")]
    return [fine("Durées de conservation : respectées.")]


# --- Putting right --------------------------------------------------------------------------------


def repair():
    """Delete the files of no case and the rows of forgotten cases; return what was done, as findings."""
    lonely, lost = orphans(), unreadable()
    for name in lonely:
        files.destroy(name)
    for case in Case.objects.filter(pk__in=lost):
        casework.shred_case(case=case)
    return [fine(f"Fichiers effacés : {len(lonely)}. Suivis oubliés, effacés : {len(lost)}.")]


@transaction.atomic
def accept_restore():
    """Take the database as it is now for the truth, after a backup was restored; return what was lost, as findings.

    Refused revocations stay: a file keeps them. Raises nothing: a chain broken within is left broken.
    """
    audit.lock_cell()
    last, head, lacking = CellAudit.objects.order_by("seq").last(), files.head(), missing_notes()
    unsaid = missing_messages()
    seq = last.seq if last else 0
    found = [fine(f"Lignes de la chaîne perdues avec la restauration : {max(head['seq'] - seq, 0)}.")]
    files.write_head(seq, last.mac if last else b"")
    for name, (there, count) in lacking.items():
        Case.objects.filter(pk=name).update(notes=there)
        files.write_note_count(name, there)
        found.append(fine(f"Suivi {name} : comptes rendus perdus, {count - there} ; les autres se lisent de nouveau."))
    for name, (there, count) in unsaid.items():
        Case.objects.filter(pk=name).update(messages=there)
        files.write_message_count(name, there)
        found.append(fine(f"Suivi {name} : messages perdus, {count - there} ; les autres se lisent de nouveau."))
    return found
