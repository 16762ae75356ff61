"""Who may enter each address of the portal: one line per URL name, checked by test_roles.py against every role.

row(who) says who gets in; everybody else must meet the sign-in page (anonymous) or a 404. `who` is ANYONE, SIGNED_IN or
a set of roles; SUPERUSER has no role by right. Where the address has arguments, add a function that makes what it
needs and returns them: row({TEAM}, a_session). absent=True: those who may enter may also find nothing there (404).
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from activities.facilitator_links import facilitator_path
from activities.links import registration_path
from activities.models import BudgetLine, Session
from activities.proposal_links import proposal_path
from activities.tests.factories import (
    make_activity,
    make_facilitator,
    make_place,
    make_session,
    make_team_event,
    sign_up,
)
from activities.tests.proposals import make_proposal
from cafe.board.models import MonthlyReader
from cafe.board.monthly import stop_path
from cafe.pdf import request_document
from cafe.tests.factories import make_kept_report
from evaluation.models import Answer, Heading
from evaluation.tests.factories import make_question, make_sending, make_survey
from evaluation.tests.written import make_written
from members.enums import Role
from members.invitation_links import invitation_path
from members.tests.factories import make_role_invitation, make_user
from newsletters.services.links import token_of
from newsletters.services.reminders import KEY as REMINDER
from newsletters.tests.factories import make_newsletter, make_sent, make_subscriber
from resources.freshness_links import sheet_link_path
from resources.models import Commune
from resources.tests.factories import make_commune, make_resource, make_synonyms
from resources.tests.prevention import make_message, make_page
from resources.tests.reports import make_report

ANONYMOUS, PROFESSIONAL, SUPERUSER = "anonymous", "professional", "superuser"
TEAM, COORDINATION, BOARD, PEER, CELL_REFERENT = Role
SIGNED_IN = {PROFESSIONAL, SUPERUSER, *Role}
ANYONE = {ANONYMOUS} | SIGNED_IN


@dataclass(frozen=True)
class Row:
    who: frozenset
    arguments: Callable = dict
    absent: bool = False


def row(who, arguments=dict, *, absent=False):
    return Row(frozenset(who), arguments, absent)


def a_monthly_link():
    reader = MonthlyReader.objects.create(user=make_user(role=BOARD))
    return {"token": stop_path(reader).split("/")[-2]}


def a_session():
    return {"slug": make_session().slug}


def a_draft():
    return {"slug": make_session(state=Session.State.DRAFT).slug}


def a_registration():
    registration = sign_up(make_session())
    return {"slug": registration.session.slug, "pk": registration.pk}


def a_link():
    return {"token": registration_path(sign_up(make_session())).split("/")[2]}


def a_certificate():
    registration = sign_up(make_session())
    return {"token": registration_path(registration).split("/")[2], "slug": registration.session.slug}


def an_activity():
    return {"pk": make_activity().pk}


def a_place():
    return {"pk": make_place().pk}


def a_facilitator():
    return {"pk": make_facilitator().pk}


def a_document():
    return {"key": request_document(kind="test", params={}, filename="essai.pdf").pk}


def a_kept_report():
    return {"pk": make_kept_report().pk}


def a_facilitator_link():
    return {"token": facilitator_path(make_session(facilitator=make_facilitator())).split("/")[2]}


def a_facilitator_notice():
    session = make_session(facilitator=make_facilitator())
    return {"slug": session.slug, "pk": session.facilitator_notices.create(kind="cancel").pk}


def a_question():
    session = make_session()
    return {"slug": session.slug, "pk": session.questions.create(text="Avez-vous un tapis ?").pk}


def a_team_event():
    return {"pk": make_team_event().pk}


def a_proposal():
    return {"pk": make_proposal().pk}


def a_proposal_link():
    return {"token": proposal_path(make_proposal()).split("/")[2]}


def a_resource():
    return {"slug": make_resource().slug}


def a_sheet_link():
    return {"token": sheet_link_path(make_resource()).split("/")[3]}


def a_report():
    return {"pk": make_report().pk}


def some_synonyms():
    return {"pk": make_synonyms().pk}


def a_commune():
    return {"pk": make_commune(name=f"Commune {Commune.objects.count()}").pk}


def a_prevention_page():
    return {"pk": make_page().pk}


def a_prevention_message():
    return {"pk": make_message().pk}


def a_sending():
    sending = make_sending(make_survey(), ["une@cafe.example"])
    return {"pk": sending.survey_id, "sending": sending.pk}


def a_budget_line():
    return {"pk": BudgetLine.objects.create(season=2026, category="room", label="Salle", planned=100).pk}


def a_survey_draft():
    return {"pk": make_survey(state="draft", opened_on=None).pk}


def a_survey_question():
    survey = make_survey(state="draft", opened_on=None)
    return {"pk": survey.pk, "question": make_question(survey).pk}


def a_survey():
    return {"pk": make_survey().pk}


def a_reference():
    return {"reference": "x"}


def a_corpus():
    corpus = make_written()
    return {"pk": corpus.question.survey_id, "question": corpus.question.pk, "part": corpus.part}


def a_verbatim():
    place = a_corpus()
    return place | {"answer": Answer.objects.filter(question=place["question"]).first().pk}


def a_heading():
    place = a_corpus()
    return place | {"heading": Heading.objects.create(question_id=place["question"], label="Lieu").pk}


def a_subscriber():
    return {"pk": make_subscriber().pk}


def a_subscription():
    return {"token": token_of(make_subscriber())}


def a_letter():
    return {"pk": make_newsletter().pk}


def a_letter_block():
    newsletter = make_newsletter(blocks=[("heading", {"text": "Titre"})])
    return {"pk": newsletter.pk, "block": newsletter.blocks.get().pk}


def a_role_invitation():
    return {"pk": make_role_invitation().pk}


def a_role_invitation_link():
    return {"token": invitation_path(make_role_invitation()).split("/")[2]}


def a_held_role():
    return {"pk": make_user(role=TEAM).pk, "role": "equipe"}


TABLE = {
    # public pages
    "home": row(ANYONE),
    "emergency": row(ANYONE),
    "emergency_worker": row(ANYONE),
    "contact": row(ANYONE),
    "listening": row(ANYONE),
    "listening_privacy": row(ANYONE),
    "listening_colleague": row(ANYONE),
    "listening_card": row(ANYONE),
    "cell_ask": row(ANYONE),
    "cell_calendar": row(ANYONE),
    # coming back by one's code; without it, each leads to the page that asks for it
    "cell_return": row(ANYONE),
    "cell_follow": row(ANYONE),
    "cell_follow_message": row(ANYONE),
    "cell_follow_date": row(ANYONE),
    "cell_follow_cancel": row(ANYONE),
    "cell_follow_pair": row(ANYONE),
    "cell_follow_forget": row(ANYONE),
    "cell_forgotten": row(ANYONE),
    "cell_leave": row(ANYONE),
    "cell_quit": row(ANYONE),
    "resources": row(ANYONE),
    "legal": row(ANYONE),
    "privacy": row(ANYONE),
    "accessibility": row(ANYONE),
    "portal_logo": row(ANYONE, lambda: {"which": "programme"}, absent=True),
    "health": row(ANYONE),
    "robots": row(ANYONE),
    "sitemap": row(ANYONE),
    # documents made in the background
    "document": row(ANYONE, a_document),
    "document_file": row(ANYONE, a_document),
    # the directory, for everyone
    "resource": row(ANYONE, a_resource),
    "resources_open_data": row(ANYONE),
    "resources_open_data_file": row(ANYONE, lambda: {"name": "annuaire.csv"}),
    "booklet": row(ANYONE),
    "sheet_link": row(ANYONE, a_sheet_link),
    "sheet_link_confirm": row(ANYONE, a_sheet_link),
    "sheet_link_correct": row(ANYONE, a_sheet_link),
    "sheet_link_leave": row(ANYONE, a_sheet_link),
    "sheet_link_again": row(ANYONE, a_sheet_link),
    "resource_report": row(ANYONE, a_resource),
    "resource_reported": row(ANYONE, a_resource),
    "resource_propose": row(ANYONE),
    "resource_proposed": row(ANYONE),
    # newsletters, for everyone
    "letters": row(ANYONE),
    "letters_feed": row(ANYONE),
    "letter": row(ANYONE, lambda: {"slug": make_sent().slug}),
    "letter_image": row(ANYONE, lambda: {"slug": make_sent().slug, "pk": 1}, absent=True),
    # newsletters, coordination
    "letter_list": row({COORDINATION}),
    "letter_new": row({COORDINATION}),
    "letter_edit": row({COORDINATION}, a_letter),
    "letter_settings": row({COORDINATION}, a_letter),
    "letter_preview": row({COORDINATION}, a_letter),
    "letter_frame": row({COORDINATION}, a_letter),
    "letter_trial": row({COORDINATION}, a_letter),
    "letter_copy": row({COORDINATION}, a_letter),
    "letter_delete": row({COORDINATION}, a_letter),
    "letter_block_add": row({COORDINATION}, a_letter),
    "letter_block_frame": row({COORDINATION}, a_letter),
    "letter_block_edit": row({COORDINATION}, a_letter_block),
    "letter_block_shift": row({COORDINATION}, a_letter_block),
    "letter_block_delete": row({COORDINATION}, a_letter_block),
    "letter_sending": row({COORDINATION}, a_letter),
    "letter_progress": row({COORDINATION}, a_letter),
    "letter_verb": row({COORDINATION}, lambda: a_letter() | {"verb": "annuler"}),
    "letter_reminders": row({COORDINATION}),
    "letter_reminder_cancel": row({COORDINATION}, lambda: {"pk": make_newsletter(model_key=REMINDER).pk}),
    # newsletters, for everyone and for who holds a link
    "subscribe": row(ANYONE),
    "subscribe_sent": row(ANYONE),
    "subscription": row(ANYONE, a_subscription),
    "unsubscribe": row(ANYONE, a_subscription),
    "departure_reason": row(ANYONE),
    "subscribe_again": row(ANYONE),
    "my_letters": row(SIGNED_IN),
    # subscribers, coordination
    "subscriber_list": row({COORDINATION}),
    "subscriber_export": row({COORDINATION}, lambda: {"extension": "csv"}),
    "subscriber_import": row({COORDINATION}),
    "subscriber_import_preview": row({COORDINATION}, lambda: {"pk": uuid.uuid4()}),
    "subscriber_import_discard": row({COORDINATION}, lambda: {"pk": uuid.uuid4()}),
    "subscriber": row({COORDINATION}, a_subscriber),
    "subscriber_remove": row({COORDINATION}, a_subscriber),
    # helping oneself
    "wellbeing": row(ANYONE),
    "prevention_notebook": row(ANYONE),
    "prevention": row(ANYONE),
    "prevention_page": row(ANYONE, lambda: {"slug": make_page().slug}),
    "manage_prevention": row({COORDINATION}),
    "manage_prevention_create": row({COORDINATION}),
    "manage_prevention_edit": row({COORDINATION}, a_prevention_page),
    "manage_prevention_publish": row({COORDINATION}, a_prevention_page),
    "manage_prevention_withdraw": row({COORDINATION}, a_prevention_page),
    "manage_prevention_shift": row({COORDINATION}, a_prevention_page),
    "manage_prevention_delete": row({COORDINATION}, a_prevention_page),
    "manage_prevention_messages": row({COORDINATION}),
    "manage_prevention_message_create": row({COORDINATION}),
    "manage_prevention_message_edit": row({COORDINATION}, a_prevention_message),
    "manage_prevention_message_delete": row({COORDINATION}, a_prevention_message),
    # the directory, coordination
    "manage_resources": row({COORDINATION}),
    "manage_resource_create": row({COORDINATION}),
    "manage_resource": row({COORDINATION}, a_resource),
    "manage_resource_edit": row({COORDINATION}, a_resource),
    "manage_resource_publish": row({COORDINATION}, a_resource),
    "manage_resource_suspend": row({COORDINATION}, a_resource),
    "manage_resource_archive": row({COORDINATION}, a_resource),
    "manage_resource_verify": row({COORDINATION}, a_resource),
    "manage_resource_ask": row({COORDINATION}, a_resource),
    "stale_resources": row({COORDINATION}),
    "stale_resource_verify": row({COORDINATION}, a_resource),
    "stale_resource_ask": row({COORDINATION}, a_resource),
    "manage_reports": row({COORDINATION}),
    "manage_report": row({COORDINATION}, a_report),
    "manage_report_edit": row({COORDINATION}, a_report),
    "manage_report_sheet": row({COORDINATION}, a_report),
    "manage_report_accept": row({COORDINATION}, a_report),
    "manage_report_refuse": row({COORDINATION}, a_report),
    "manage_resources_exchange": row({COORDINATION}),
    "manage_resources_export": row({COORDINATION}, lambda: {"extension": "csv"}),
    "manage_resources_template": row({COORDINATION}, lambda: {"extension": "csv"}),
    "manage_resources_import": row({COORDINATION}, lambda: {"pk": uuid.uuid4()}),
    "manage_resources_import_discard": row({COORDINATION}, lambda: {"pk": uuid.uuid4()}),
    "manage_synonyms": row({COORDINATION}),
    "manage_synonyms_create": row({COORDINATION}),
    "manage_synonyms_edit": row({COORDINATION}, some_synonyms),
    "manage_synonyms_delete": row({COORDINATION}, some_synonyms),
    "manage_communes": row({COORDINATION}),
    "manage_commune_create": row({COORDINATION}),
    "manage_commune_edit": row({COORDINATION}, a_commune),
    "manage_commune_delete": row({COORDINATION}, a_commune),
    # activities, for everyone
    "session_list": row(ANYONE),
    "agenda_month": row(ANYONE),
    "past_sessions": row(ANYONE),
    "agenda_ics": row(ANYONE),
    "session": row(ANYONE, a_session),
    "session_ics": row(ANYONE, a_session),
    "session_time_wishes": row(ANYONE, a_session),
    "session_registered": row(ANYONE, lambda: a_session() | {"receipt": "x"}, absent=True),
    # a registration, for who holds its link
    "registration": row(ANYONE, a_link),
    "registration_ics": row(ANYONE, a_link),
    "registration_accept": row(ANYONE, a_link),
    "registration_cancel": row(ANYONE, a_link),
    "registration_edit": row(ANYONE, a_link),
    "registration_ask_email": row(ANYONE, a_link),
    "registration_email": row(ANYONE, lambda: {"token": "x"}, absent=True),
    # paper
    "session_image": row(ANYONE, a_session),
    "attendance_sheet": row({TEAM, COORDINATION}, a_session),
    "registration_certificate": row(ANYONE, a_certificate),
    "certificate_home": row(ANYONE),
    "certificate_check": row(ANYONE, lambda: {"code": "ABCD"}, absent=True),
    "manage_session_poster": row({COORDINATION}, a_session),
    "manage_season_poster": row({COORDINATION}),
    # coordination
    "coordination": row({COORDINATION}),
    "coordination_mails": row({COORDINATION}),
    "coordination_mails_retry": row({COORDINATION}),
    "coordination_documents_retry": row({COORDINATION}),
    "coordination_orientations": row({COORDINATION}),
    "coordination_search": row({COORDINATION}),
    "coordination_recent": row({COORDINATION}),
    "coordination_people": row({COORDINATION}),
    "coordination_people_export": row({COORDINATION}, lambda: {"extension": "csv"}),
    "coordination_invite": row({COORDINATION}),
    "coordination_invitation_resend": row({COORDINATION}, a_role_invitation),
    "coordination_invitation_cancel": row({COORDINATION}, a_role_invitation),
    "coordination_role_remove": row({COORDINATION}, a_held_role),
    "role_invitation": row(ANYONE, a_role_invitation_link),
    "portal_identity": row({COORDINATION}),
    "confidential_contact": row({CELL_REFERENT}),
    "manage_sessions": row({COORDINATION}),
    "manage_sessions_export": row({COORDINATION}, lambda: {"extension": "csv"}),
    "manage_session_create": row({COORDINATION}),
    "manage_session": row({COORDINATION}, a_draft),
    "manage_session_edit": row({COORDINATION}, a_draft),
    "manage_session_preview": row({COORDINATION}, a_draft),
    "manage_session_publish": row({COORDINATION}, a_draft),
    "manage_session_unpublish": row({COORDINATION}, a_session),
    "manage_session_hold": row({COORDINATION}, a_session),
    "manage_session_copy": row({COORDINATION}, a_session),
    "manage_session_cancel": row({COORDINATION}, a_session),
    "manage_session_delete": row({COORDINATION}, a_draft),
    "manage_session_registrations": row({COORDINATION}, lambda: a_session() | {"extension": "csv"}),
    "manage_registration_add": row({COORDINATION}, a_session),
    "manage_registration": row({COORDINATION}, a_registration),
    "manage_registration_cancel": row({COORDINATION}, a_registration),
    "manage_registration_promote": row({COORDINATION}, a_registration),
    "manage_registration_resend": row({COORDINATION}, a_registration),
    # sessions that repeat
    "manage_session_repeat": row({COORDINATION}, a_draft),
    "manage_session_publish_together": row({COORDINATION}, a_draft),
    "manage_season_copy": row({COORDINATION}),
    "manage_activities": row({COORDINATION}),
    "manage_activity_create": row({COORDINATION}),
    "manage_activity_edit": row({COORDINATION}, an_activity),
    "manage_activity_delete": row({COORDINATION}, an_activity),
    "manage_places": row({COORDINATION}),
    "manage_place_create": row({COORDINATION}),
    "manage_place_edit": row({COORDINATION}, a_place),
    "manage_place_delete": row({COORDINATION}, a_place),
    "manage_facilitators": row({COORDINATION}),
    "manage_facilitator_create": row({COORDINATION}),
    "manage_facilitator_edit": row({COORDINATION}, a_facilitator),
    "manage_facilitator_delete": row({COORDINATION}, a_facilitator),
    # lists of registrations, questions, answers after a move
    "registration_reconfirm": row(ANYONE, a_link),
    "manage_registrations": row({COORDINATION}, a_session),
    "manage_registrations_move": row({COORDINATION}, a_session),
    "manage_registrations_word": row({COORDINATION}, a_session),
    "manage_registration_reconfirmed": row({COORDINATION}, a_registration),
    "manage_questions": row({COORDINATION}, a_session),
    "manage_question_edit": row({COORDINATION}, a_question),
    "manage_question_shift": row({COORDINATION}, a_question),
    "manage_question_delete": row({COORDINATION}, a_question),
    # the team's evenings, the rota, the team's dates
    "team": row({TEAM}),
    "team_absence_add": row({TEAM}),
    "team_absence_delete": row({TEAM}, lambda: {"pk": 1}, absent=True),
    "team_withdraw": row({TEAM}, a_session, absent=True),
    "team_agenda": row({TEAM, COORDINATION}),
    "team_feed_renew": row({TEAM, COORDINATION}),
    "team_feed_end": row({TEAM, COORDINATION}),
    "team_feed": row(ANYONE, lambda: {"key": "x"}, absent=True),
    "rota": row({COORDINATION}),
    "team_events": row({COORDINATION}),
    "team_event_create": row({COORDINATION}),
    "team_event_edit": row({COORDINATION}, a_team_event),
    "team_event_delete": row({COORDINATION}, a_team_event),
    # facilitators' proposals
    "propose": row(ANYONE),
    "proposal_sent": row(ANYONE),
    "proposal_link": row(ANYONE, a_proposal_link),
    "proposal_answer": row(ANYONE, a_proposal_link),
    "team_proposals": row({TEAM}),
    "team_proposal": row({TEAM}, a_proposal),
    "team_proposal_certificate": row({TEAM}, a_proposal, absent=True),
    "team_proposal_ask": row({TEAM}, a_proposal),
    "team_proposal_vote": row({TEAM}, a_proposal),
    "team_proposal_note": row({TEAM}, a_proposal),
    "team_proposal_conclude": row({TEAM}, a_proposal),
    "team_proposal_accept": row({TEAM}, a_proposal),
    "team_proposal_refuse": row({TEAM}, a_proposal),
    # « Mon espace »
    "my_space": row(SIGNED_IN),
    "my_profile": row(SIGNED_IN),
    "my_data": row(SIGNED_IN),
    "my_data_export": row(SIGNED_IN),
    "my_erasure": row(SIGNED_IN),
    # a facilitator, for who holds the link; what the coordination does with it
    "facilitator_link": row(ANYONE, a_facilitator_link),
    "facilitator_notice": row(ANYONE, a_facilitator_link),
    "manage_facilitator_link": row({COORDINATION}, a_session),
    "manage_facilitator_resend": row({COORDINATION}, a_session),
    "manage_facilitator_revoke": row({COORDINATION}, a_session),
    "manage_facilitator_handled": row({COORDINATION}, a_facilitator_notice),
    # the hosts' evening; marking is for the hosts of the session alone, whom test_attendance.py tries
    "evening": row({TEAM, COORDINATION}, a_session),
    "attendance": row({COORDINATION}, a_session),
    "attendance_ticks": row({COORDINATION}, a_session),
    "attendance_walk_in": row({COORDINATION}, a_session),
    "attendance_certificate": row({COORDINATION}, a_registration),
    "attendance_hold": row({COORDINATION}, a_session),
    # budget, vouchers, hours to be compensated
    "manage_budget": row({COORDINATION}),
    "manage_budget_export": row({COORDINATION}, lambda: {"extension": "csv"}),
    "manage_budget_copy": row({COORDINATION}),
    "manage_budget_add": row({COORDINATION}),
    "manage_budget_edit": row({COORDINATION}, a_budget_line),
    "manage_budget_delete": row({COORDINATION}, a_budget_line),
    "board_budget": row({BOARD}),
    "board_budget_export": row({BOARD}, lambda: {"extension": "csv"}),
    "manage_vouchers": row({COORDINATION}),
    "manage_vouchers_export": row({COORDINATION}, lambda: {"extension": "csv"}),
    "manage_vouchers_issue": row({COORDINATION}),
    "manage_vouchers_returns": row({COORDINATION}),
    "manage_vouchers_print": row({COORDINATION}),
    "manage_vouchers_withdraw": row({COORDINATION}),
    "manage_vouchers_pay": row({COORDINATION}),
    "my_hours": row({TEAM, PEER, CELL_REFERENT}),
    "listening_hours_export": row({CELL_REFERENT}, lambda: {"extension": "csv"}),
    "manage_hours": row({COORDINATION}),
    "manage_hours_export": row({COORDINATION}, lambda: {"extension": "csv"}),
    # importing a Google Forms export
    "manage_import": row({COORDINATION}, a_session),
    "manage_import_preview": row({COORDINATION}, lambda: a_session() | {"pk": 1}),
    "manage_import_discard": row({COORDINATION}, lambda: a_session() | {"pk": 1}),
    # accounts, before signing in
    "account_login": row(ANYONE),
    "account_logout": row(ANYONE),
    "account_inactive": row(ANYONE),
    "account_signup": row(ANYONE),
    "account_email_verification_sent": row(ANYONE),
    "account_confirm_email": row(ANYONE, lambda: {"key": "x"}),
    "account_reset_password": row(ANYONE),
    "account_reset_password_done": row(ANYONE),
    "account_reset_password_from_key": row(ANYONE, lambda: {"uidb36": "1", "key": "x"}),
    "account_reset_password_from_key_done": row(ANYONE),
    "account_request_login_code": row(ANYONE),
    "account_confirm_login_code": row(ANYONE),
    "mfa_authenticate": row(ANYONE),
    "mfa_login_webauthn": row(ANYONE),
    # the keys of the cell; who holds no key yet is led to the page that says so
    "cell_key": row({PEER}, lambda: {"kind": "peer"}),
    "cell_key_redo": row({PEER}, lambda: {"kind": "peer"}),
    "cell_unlock": row({PEER}, lambda: {"kind": "peer"}),
    "cell_recover": row({CELL_REFERENT}, lambda: {"kind": "referent"}),
    "cell_passphrase": row({CELL_REFERENT}, lambda: {"kind": "referent"}),
    "cell_code": row({CELL_REFERENT}, lambda: {"kind": "referent"}),
    "cell_code_noted": row({PEER}, lambda: {"kind": "peer"}),
    "cell_code_pdf": row({PEER}, lambda: {"kind": "peer"}),
    "cell_lock": row(ANYONE),
    "cell_locked": row(ANYONE),
    # the peers' space; who holds no key is led to the page of theirs, and a case is its pair's alone
    "cell_peers": row({PEER}),
    "cell_closed": row({PEER}),
    "cell_case": row({PEER}, a_reference),
    "cell_case_read": row({PEER}, a_reference),
    "cell_case_recuse": row({PEER}, a_reference),
    "cell_case_message": row({PEER}, a_reference),
    "cell_case_talk": row({PEER}, a_reference),
    "cell_case_cancel": row({PEER}, a_reference),
    "cell_case_pass": row({PEER}, a_reference),
    "cell_case_entrust": row({PEER}, a_reference),
    "cell_case_close": row({PEER}, a_reference),
    "cell_case_reopen": row({PEER}, a_reference),
    "cell_interview_write": row({PEER}, a_reference),
    "cell_interview": row({PEER}, lambda: a_reference() | {"number": 1}),
    "cell_interview_edit": row({PEER}, lambda: a_reference() | {"number": 1}),
    # the cell's referent: keys of others
    "cell_referent": row({CELL_REFERENT}),
    "cell_holders": row({CELL_REFERENT}),
    "cell_invite": row({CELL_REFERENT}),
    "cell_root": row({CELL_REFERENT}),
    "cell_holder": row({CELL_REFERENT}, lambda: {"pk": "x"}),
    "cell_holder_seasoned": row({CELL_REFERENT}, lambda: {"pk": "x"}),
    "cell_sign": row({CELL_REFERENT}, lambda: {"pk": "x"}),
    "cell_extend": row({CELL_REFERENT}, lambda: {"pk": "x"}),
    "cell_start_again": row({CELL_REFERENT}, lambda: {"pk": "x"}),
    "cell_revoke": row({CELL_REFERENT}, lambda: {"pk": "x"}),
    # a peer's own hours, the peers' meetings; who holds no key yet is led to the page that says so
    "cell_hours": row({PEER}),
    "cell_slot": row({PEER}, lambda: {"pk": 1}),
    "cell_slot_open": row({PEER}),
    "cell_absence_add": row({PEER}),
    "cell_absence_remove": row({PEER}, lambda: {"pk": 1}),
    "cell_load": row({PEER}),
    "cell_debriefings": row({PEER}),
    "cell_debriefing": row({PEER}, lambda: {"pk": 1}),
    "cell_debriefing_came": row({PEER}, lambda: {"pk": 1}),
    "cell_debriefing_remove": row({PEER}, lambda: {"pk": 1}),
    # the cell's referent: figures and settings
    "cell_publications": row({CELL_REFERENT}),
    "cell_publication_preview": row({CELL_REFERENT}),
    "cell_publish": row({CELL_REFERENT}),
    "cell_publication": row({CELL_REFERENT}, lambda: {"year": 2025}),
    "cell_settings": row({CELL_REFERENT}),
    "cell_replacement": row({CELL_REFERENT}),
    "cell_guide": row({PEER, CELL_REFERENT}),
    # questionnaires: answering, paper
    # questionnaires: writing them
    "board": row({COORDINATION, BOARD}),
    "board_monthly_start": row({COORDINATION, BOARD}),
    "board_monthly_end": row({COORDINATION, BOARD}),
    "board_monthly_stop": row(ANYONE, a_monthly_link),
    "board_recount": row({COORDINATION, BOARD}),
    "board_report": row({COORDINATION, BOARD}),
    "board_seasons": row({COORDINATION, BOARD}),
    "board_tables": row({COORDINATION, BOARD}),
    "board_kept": row({COORDINATION, BOARD}),
    "board_kept_file": row({COORDINATION, BOARD}, a_kept_report),
    "board_kept_delete": row({COORDINATION}, a_kept_report),
    "board_write": row({COORDINATION}),
    "board_keep": row({COORDINATION}),
    "participation": row({COORDINATION, BOARD}),
    "participation_export": row({COORDINATION, BOARD}, lambda: {"extension": "csv"}),
    "survey_list": row({COORDINATION}),
    "survey_new": row({COORDINATION}),
    "survey_edit": row({COORDINATION}, a_survey_draft),
    "survey_settings": row({COORDINATION}, a_survey_draft),
    "survey_preview": row({COORDINATION}, a_survey_draft),
    "survey_open": row({COORDINATION}, a_survey_draft),
    "survey_closing": row({COORDINATION}, a_survey_draft),
    "survey_close": row({COORDINATION}, a_survey_draft),
    "survey_copy": row({COORDINATION}, a_survey_draft),
    "survey_delete": row({COORDINATION}, a_survey_draft),
    "survey_poster": row({COORDINATION}, a_survey_draft),
    "survey_question_add": row({COORDINATION}, a_survey_draft),
    "survey_question_edit": row({COORDINATION}, a_survey_question),
    "survey_question_condition": row({COORDINATION}, a_survey_question),
    "survey_question_shift": row({COORDINATION}, a_survey_question),
    "survey_question_duplicate": row({COORDINATION}, a_survey_question),
    "survey_question_delete": row({COORDINATION}, a_survey_question),
    "survey_answer": row(ANYONE, lambda: {"token": make_survey(audience="public").public_key}),
    "survey_thanks": row(ANYONE, lambda: {"key": make_survey().public_key}),
    "survey_paper": row({COORDINATION}, lambda: {"pk": make_survey().pk}),
    # questionnaires: sendings
    "survey_sending": row({COORDINATION}, a_survey),
    "survey_sending_list": row({COORDINATION}, a_survey),
    "survey_sending_end": row({COORDINATION}, a_sending),
    "survey_stop": row(ANYONE, lambda: {"token": "jeton"}),
    # questionnaires: files
    "survey_nation": row({COORDINATION}, a_survey),
    "survey_files": row({COORDINATION}, a_survey),
    "survey_table": row({COORDINATION}, lambda: a_survey() | {"extension": "csv"}),
    "survey_codebook": row({COORDINATION}, lambda: a_survey() | {"extension": "csv"}),
    "survey_lines": row({COORDINATION}, lambda: a_survey() | {"extension": "csv"}, absent=True),
    "survey_import": row({COORDINATION}),
    "survey_import_preview": row({COORDINATION}, lambda: {"pk": uuid.uuid4()}),
    "survey_import_discard": row({COORDINATION}, lambda: {"pk": uuid.uuid4()}),
    # questionnaires: results
    "survey_verbatims": row({COORDINATION}, a_survey),
    "survey_quotations": row({COORDINATION}, a_survey),
    "survey_verbatims_export": row({COORDINATION}, lambda: a_survey() | {"extension": "csv"}),
    "survey_verbatims_read": row({COORDINATION}, a_corpus),
    "survey_verbatims_code": row({COORDINATION}, a_corpus),
    "survey_verbatim": row({COORDINATION}, a_verbatim),
    "survey_headings": row({COORDINATION}, a_corpus),
    "survey_heading_rename": row({COORDINATION}, a_heading),
    "survey_heading_merge": row({COORDINATION}, a_heading),
    "survey_heading_delete": row({COORDINATION}, a_heading),
    "survey_coding_forget": row({COORDINATION}, a_corpus),
    "survey_agreement": row({COORDINATION}, a_corpus),
    "survey_settle": row({COORDINATION}, a_verbatim),
    "survey_ranking": row({COORDINATION, BOARD}),
    "survey_results": row({COORDINATION, BOARD}, a_survey),
    "survey_report": row({COORDINATION, BOARD}, a_survey),
    "survey_conclusion": row({COORDINATION}, a_survey),
    # accounts, once signed in
    "account_reauthenticate": row(SIGNED_IN),
    "account_email": row(SIGNED_IN),
    "account_change_password": row(SIGNED_IN),
    "account_set_password": row(SIGNED_IN),
    "mfa_index": row(SIGNED_IN),
    "mfa_reauthenticate": row(SIGNED_IN),
    "mfa_activate_totp": row(SIGNED_IN),
    "mfa_deactivate_totp": row(SIGNED_IN, absent=True),
    "mfa_view_recovery_codes": row(SIGNED_IN, absent=True),
    "mfa_generate_recovery_codes": row(SIGNED_IN),
    "mfa_download_recovery_codes": row(SIGNED_IN, absent=True),
    "mfa_list_webauthn": row(SIGNED_IN),
    "mfa_add_webauthn": row(SIGNED_IN),
    "mfa_reauthenticate_webauthn": row(SIGNED_IN),
    "mfa_remove_webauthn": row(SIGNED_IN, lambda: {"pk": 1}, absent=True),
    "mfa_edit_webauthn": row(SIGNED_IN, lambda: {"pk": 1}, absent=True),
    # the technician's
    "admin_login": row({ANONYMOUS}),
}
