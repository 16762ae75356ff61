"""What is counted, and the chain that tells what was done to the keys."""

import secrets

from django.db import models

from listening_cell.enums import AuditAction
from listening_cell.models.keys import Peer


def new_slip_key():
    return secrets.token_hex(16)


class Slip(models.Model):
    """What a closed case counts for, sealed to STAT: no reference, no date, no order, one length for all."""

    key = models.CharField(primary_key=True, max_length=32, default=new_slip_key, editable=False)
    blob = models.BinaryField(max_length=3000)

    class Meta:
        verbose_name = "bulletin"
        ordering = ["key"]

    def __str__(self):
        return self.key


class Publication(models.Model):
    """The counts of a year, frozen as they were published: see listening_cell.counting."""

    year = models.PositiveSmallIntegerField("année", primary_key=True)
    tables = models.JSONField("chiffres")

    class Meta:
        verbose_name = "publication"
        ordering = ["-year"]

    def __str__(self):
        return str(self.year)


class Debriefing(models.Model):
    """A meeting of the peers; no case is named."""

    day = models.DateField("date", unique=True)
    minutes = models.PositiveSmallIntegerField("durée en minutes", default=120)
    place = models.CharField("lieu", max_length=200, blank=True)
    peers = models.ManyToManyField(Peer, related_name="debriefings", blank=True, verbose_name="qui est venu")

    class Meta:
        verbose_name = "réunion de débriefing"
        verbose_name_plural = "réunions de débriefing"
        ordering = ["-day"]

    def __str__(self):
        return f"{self.day:%d/%m/%Y}"


class CellAudit(models.Model):
    """One link of the chain: mac is keyed from PEPPER over this line and the mac before it."""

    seq = models.PositiveIntegerField(primary_key=True)
    week = models.DateField()
    actor = models.CharField(max_length=26, blank=True)
    action = models.CharField(max_length=14, choices=AuditAction)
    case_tag = models.CharField(max_length=32, blank=True)
    mac = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = "trace"
        ordering = ["seq"]

    def __str__(self):
        return f"{self.seq} {self.action}"
