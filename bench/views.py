"""The floors: what Django itself costs on this machine, with the portal's middleware, server and database."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.shortcuts import redirect, render

from bench.models import Child, Parent


@login_not_required
def bare_page(request):
    """One row and a template, for somebody who is signed in."""
    return render(request, "bench/floor.html", {"parent": Parent.objects.get(pk=1)})


@login_not_required
@transaction.atomic
def bare_registration(request, pk):
    """Lock one row, count, insert one row."""
    parent = Parent.objects.select_for_update(no_key=True).get(pk=pk)
    number = parent.children.count() + 1
    Child.objects.create(parent=parent, number=number, email=request.POST["email"])
    return redirect("bare_page")
