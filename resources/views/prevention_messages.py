"""Short messages of prevention, that letters and invitations may pick: the coordination's list."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse_lazy
from django.views.generic import CreateView, DeleteView, ListView, UpdateView

from cafe.errors import Refusal
from resources.forms.prevention import PreventionMessageForm
from resources.models import PreventionMessage
from resources.services import prevention
from resources.services.words import plain
from resources.views.manage import CoordinationMixin


class MessageMixin(CoordinationMixin):
    queryset = PreventionMessage.objects.kept()
    context_object_name = "message"
    success_url = reverse_lazy("manage_prevention_messages")


class MessageListView(MessageMixin, ListView):
    """All messages, or those that carry one word; the words are few enough to be counted here."""

    template_name = "resources/prevention/messages.html"
    context_object_name = "object_list"
    paginate_by = 50

    def get_queryset(self):
        self.all = list(super().get_queryset())
        self.tag = self.request.GET.get("mot", "")
        return [one for one in self.all if self.tag in one.tags] if self.tag else self.all

    def get_context_data(self, **kwargs):
        tags = sorted({tag for one in self.all for tag in one.tags}, key=plain)
        return super().get_context_data(tags=tags, tag=self.tag, **kwargs)


class MessageSaveMixin(MessageMixin):
    form_class = PreventionMessageForm
    template_name = "resources/prevention/message_form.html"

    def form_valid(self, form):
        try:
            prevention.save_message(message=form.save(commit=False))
        except Refusal as refusal:
            form.add_error("text", refusal.sentence)
            return self.form_invalid(form)
        messages.success(self.request, "Le message est enregistré.")
        return HttpResponseRedirect(self.success_url)


class MessageCreateView(MessageSaveMixin, CreateView):
    pass


class MessageEditView(MessageSaveMixin, UpdateView):
    pass


class MessageDeleteView(MessageMixin, DeleteView):
    template_name = "resources/prevention/message_delete.html"

    def form_valid(self, form):
        prevention.remove_message(message=self.object)
        messages.success(self.request, "Le message est retiré.")
        return HttpResponseRedirect(self.success_url)
