"""Addresses of facilitators' proposals: public, by personal link, and the working group's."""

from django.urls import path

from activities.views import proposals, team_proposals

ONE = "equipe/propositions/<int:pk>/"

urlpatterns = [
    path("activites/proposer/", proposals.propose_page, name="propose"),
    path("activites/proposer/merci/", proposals.proposal_sent, name="proposal_sent"),
    path("propositions/<str:token>/", proposals.proposal_link, name="proposal_link"),
    path("propositions/<str:token>/reponse/", proposals.proposal_answer, name="proposal_answer"),
    path("equipe/propositions/", team_proposals.TeamProposalsView.as_view(), name="team_proposals"),
    path(ONE, team_proposals.TeamProposalView.as_view(), name="team_proposal"),
    path(f"{ONE}certificat/", team_proposals.certificate, name="team_proposal_certificate"),
    path(f"{ONE}question/", team_proposals.AskView.as_view(), name="team_proposal_ask"),
    path(f"{ONE}avis/", team_proposals.VoteView.as_view(), name="team_proposal_vote"),
    path(f"{ONE}mot/", team_proposals.NoteView.as_view(), name="team_proposal_note"),
    path(f"{ONE}conclusion/", team_proposals.ConcludeView.as_view(), name="team_proposal_conclude"),
    path(f"{ONE}accepter/", team_proposals.AcceptView.as_view(), name="team_proposal_accept"),
    path(f"{ONE}refuser/", team_proposals.RefuseView.as_view(), name="team_proposal_refuse"),
]
