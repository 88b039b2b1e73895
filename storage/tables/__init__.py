"""The tables, as SQLAlchemy Core. The schema itself is made by `migrations/`; a test holds the two together."""

from storage.tables.activity import activity, activity_head
from storage.tables.attachments import attachment, secret
from storage.tables.conversations import conversation, customer, identity, message, message_revision, replying
from storage.tables.customers import customer_merge
from storage.tables.feeds import feed
from storage.tables.inbox import inbox, job_start
from storage.tables.metadata import metadata
from storage.tables.models import model_call, switch
from storage.tables.people import person, team, team_member
from storage.tables.slack import conversation_card, slack_picture, slack_user, ticket_card
from storage.tables.surveys import survey
from storage.tables.templates import template
from storage.tables.tickets import comment, room_entry, ticket, ticket_number
from storage.tables.triage import ai_context, correction, triage

__all__ = [
    "activity",
    "activity_head",
    "ai_context",
    "attachment",
    "comment",
    "conversation",
    "conversation_card",
    "correction",
    "customer",
    "customer_merge",
    "feed",
    "identity",
    "inbox",
    "job_start",
    "message",
    "message_revision",
    "metadata",
    "model_call",
    "person",
    "replying",
    "room_entry",
    "secret",
    "slack_picture",
    "slack_user",
    "survey",
    "switch",
    "team",
    "team_member",
    "template",
    "ticket",
    "ticket_card",
    "ticket_number",
    "triage",
]
