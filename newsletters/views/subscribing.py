"""Subscribing and leaving without an account. Opening a page changes nothing: mail scanners follow links."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.generic import FormView, TemplateView

from cafe.errors import Refusal
from cafe.limits import client_address, within_limit
from newsletters.enums import SubscriberState
from newsletters.forms.subscribing import PreferencesForm, SubscribeForm, WhyForm
from newsletters.services import leaving, links, subscribing

GONE = "newsletters/subscribing/gone.html"
PLAIN = "text/plain; charset=utf-8"
PER_HOUR = 20
TOO_MANY = "Trop de demandes viennent de cette connexion. Réessayez dans une heure, ou écrivez-nous."

for_anyone = method_decorator([login_not_required, never_cache], name="dispatch")


@for_anyone
class SubscribeView(FormView):
    """The form, on its own page or posted from another; the answer is the same whoever the address belongs to."""

    template_name = "newsletters/subscribing/subscribe.html"
    form_class = SubscribeForm
    extra_context = {"accepted": subscribing.ACCEPTED}

    def get_initial(self):
        return {"email": self.request.user.email} if self.request.user.is_authenticated else {}

    def post(self, request, *args, **kwargs):
        if self.get_form().is_machine:
            return redirect("subscribe_sent")
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        if not within_limit(scope="letters", who=client_address(self.request), limit=PER_HOUR, seconds=3600):
            form.add_error(None, TOO_MANY)
            return self.form_invalid(form)
        subscribing.ask(email=form.cleaned_data["email"])
        return redirect("subscribe_sent")


@for_anyone
class SubscribeSentView(TemplateView):
    template_name = "newsletters/subscribing/sent.html"


@for_anyone
class SubscriptionView(View):
    """What the link of a mail opens: one button to confirm, then one's choices."""

    def page(self, name, token, **context):
        return render(self.request, f"newsletters/subscribing/{name}.html", {"token": token} | context)

    def get(self, request, token):
        subscriber = links.subscriber_of(token)
        if subscriber is None:
            return self.page("gone", token)
        if subscriber.state != SubscriberState.ACTIVE:
            return self.page("confirm", token, subscriber=subscriber)
        return self.page("preferences", token, subscriber=subscriber, form=PreferencesForm(instance=subscriber))

    def post(self, request, token):
        subscriber = links.subscriber_of(token)
        if subscriber is None:
            return self.page("gone", token)
        if "confirm" in request.POST:
            subscribing.confirm(subscriber=subscriber)
            messages.success(request, "C’est confirmé : vous recevrez la prochaine lettre.")
        elif subscriber.state == SubscriberState.ACTIVE:
            form = PreferencesForm(request.POST, instance=subscriber)
            if not form.is_valid():
                return self.page("preferences", token, subscriber=subscriber, form=form)
            subscribing.choose(subscriber=subscriber, values=form.cleaned_data)
            messages.success(request, "Vos choix sont enregistrés.")
        return redirect("subscription", token)


@method_decorator(csrf_exempt, name="dispatch")
@for_anyone
class UnsubscribeView(View):
    """RFC 8058: a mail program posts here without cookie, and it is done. A person presses the button of the page."""

    def get(self, request, token):
        subscriber = links.subscriber_of(token)
        context = {"subscriber": subscriber, "token": token}
        if subscriber:
            context["choices"] = links.subscription_path(subscriber)
        return render(request, "newsletters/subscribing/unsubscribe.html" if subscriber else GONE, context)

    def post(self, request, token):
        link = links.opened(token)
        sealed = leaving.leave(pk=link.subscriber_pk, newsletter_pk=link.newsletter_pk)
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse("C’est fait : nos lettres ne partent plus à cette adresse.\n", content_type=PLAIN)
        if sealed is None:
            return render(request, GONE)
        return render(request, "newsletters/subscribing/left.html", {"sealed": sealed, "form": WhyForm()})


@require_POST
@never_cache
@login_not_required
def departure_reason(request):
    form, sealed = WhyForm(request.POST), request.POST.get("sealed", "")
    if not form.is_valid():
        return render(request, "newsletters/subscribing/left.html", {"sealed": sealed, "form": form})
    leaving.say_why(sealed=sealed, reason=form.cleaned_data["reason"])
    return render(request, "newsletters/subscribing/left.html", {"sealed": sealed, "thanks": True})


@require_POST
@never_cache
@login_not_required
def subscribe_again(request):
    subscriber = leaving.undo(sealed=request.POST.get("sealed", ""))
    if subscriber is None:
        messages.warning(request, "Plus d’une heure a passé. Abonnez-vous de nouveau : il suffit de votre adresse.")
        return redirect("subscribe")
    messages.success(request, "C’est noté : rien n’a changé.")
    return redirect(links.subscription_path(subscriber))


@method_decorator(never_cache, name="dispatch")
class MyLettersView(View):
    """From an account, whose address is proved already: one button, then one's choices."""

    def get(self, request):
        mine = subscribing.subscriptions_of(request.user).active().first()
        if mine:
            return redirect(links.subscription_path(mine))
        addresses = subscribing.verified_addresses(request.user)
        context = {"address": addresses[0] if addresses else "", "accepted": subscribing.ACCEPTED}
        return render(request, "newsletters/subscribing/mine.html", context)

    def post(self, request):
        try:
            subscriber = subscribing.subscribe_member(user=request.user)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("account_email")
        messages.success(request, "C’est noté : vous recevrez la prochaine lettre.")
        return redirect(links.subscription_path(subscriber))
