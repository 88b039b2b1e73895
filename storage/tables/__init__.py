"""The tables, as SQLAlchemy Core. The schema itself is made by `migrations/`; a test holds the two together."""

from storage.tables.activity import activity, activity_head, checkpoint, checkpoint_head
from storage.tables.approvals import approval, approval_decision, delegation
from storage.tables.attachments import attachment, secret
from storage.tables.autonomy import autonomy_case, autonomy_move
from storage.tables.collaboration import ticket_link, ticket_merge, ticket_watcher
from storage.tables.conversations import conversation, customer, identity, message, message_revision, replying
from storage.tables.customers import customer_merge
from storage.tables.direct_messages import direct_message
from storage.tables.drafting import reply_draft
from storage.tables.escalations import escalation, escalation_rule, escalation_watch
from storage.tables.feeds import feed
from storage.tables.fields import field_source, field_words
from storage.tables.hand_calls import hand_act, hand_call
from storage.tables.inbox import inbox, job_start
from storage.tables.mails import mail, mail_flow, participant, possible_match, suppression
from storage.tables.metadata import metadata
from storage.tables.models import model_call, switch
from storage.tables.offers import offer
from storage.tables.people import person, preference, team, team_member
from storage.tables.playbooks import playbook_migration, playbook_version
from storage.tables.runs import run, run_spending, run_step
from storage.tables.service_levels import service_level, sla_calendar
from storage.tables.slack import conversation_card, slack_home, slack_picture, slack_user, ticket_card
from storage.tables.surveys import survey
from storage.tables.templates import template
from storage.tables.tickets import comment, comment_revision, room_entry, ticket, ticket_number, ticket_value
from storage.tables.triage import ai_context, correction, triage

__all__ = [
    "activity",
    "activity_head",
    "ai_context",
    "approval",
    "approval_decision",
    "attachment",
    "autonomy_case",
    "autonomy_move",
    "checkpoint",
    "checkpoint_head",
    "comment",
    "comment_revision",
    "conversation",
    "conversation_card",
    "correction",
    "customer",
    "customer_merge",
    "delegation",
    "direct_message",
    "escalation",
    "escalation_rule",
    "escalation_watch",
    "feed",
    "field_source",
    "field_words",
    "hand_act",
    "hand_call",
    "identity",
    "inbox",
    "job_start",
    "mail",
    "mail_flow",
    "message",
    "message_revision",
    "metadata",
    "model_call",
    "offer",
    "participant",
    "person",
    "playbook_migration",
    "playbook_version",
    "possible_match",
    "preference",
    "reply_draft",
    "replying",
    "room_entry",
    "run",
    "run_spending",
    "run_step",
    "secret",
    "service_level",
    "sla_calendar",
    "slack_home",
    "slack_picture",
    "slack_user",
    "suppression",
    "survey",
    "switch",
    "team",
    "team_member",
    "template",
    "ticket",
    "ticket_card",
    "ticket_link",
    "ticket_merge",
    "ticket_number",
    "ticket_value",
    "ticket_watcher",
    "triage",
]
