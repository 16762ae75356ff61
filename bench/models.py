from django.db import models


class Parent(models.Model):
    """What the bare POST locks, and the one row that the bare page shows."""

    title = models.CharField(max_length=120)


class Child(models.Model):
    parent = models.ForeignKey(Parent, models.CASCADE, related_name="children")
    number = models.PositiveIntegerField()
    email = models.EmailField(unique=True)


class Sent(models.Model):
    """The one row per message of the bare mail loop."""

    to = models.EmailField()
