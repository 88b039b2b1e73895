"""The statements of `storage/repairs.py`: where cards stand, and where they should."""

from typing import NamedTuple

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, Text, Uuid


class Standings(NamedTuple):
    """`live`: whatever must have a card. `these`: those of `:owners`."""

    live: TextClause
    these: TextClause


_owners = bindparam("owners", type_=ARRAY(Uuid))
_LIVE = (
    "ticket.status_category IN ('open', 'active', 'pending') AND ticket.discarded_at IS NULL "
    "AND ticket.merged_into IS NULL"
)

# An entry that was written in the thread itself has no ts of ours, and stands there all the same.
_TICKETS = """
    SELECT ticket.id, '#' || ticket.number AS name, ticket.created_at AS since, team.slack_channel AS home,
        card.channel, card.ts,
        ticket.status_category IN ('open', 'active', 'pending') AND ticket.discarded_at IS NULL
        AND ticket.merged_into IS NULL AS live,
        (SELECT count(*) FROM room_entry AS entry
         WHERE entry.ticket_id = ticket.id AND NOT entry.needs_showing AND entry.posting_since IS NULL) AS entries,
        (SELECT count(*) FROM room_entry AS entry
         WHERE entry.ticket_id = ticket.id AND (entry.needs_showing OR entry.posting_since IS NOT NULL)) AS due
    FROM ticket
    LEFT JOIN ticket_card AS card ON card.ticket_id = ticket.id
    LEFT JOIN team ON team.id = coalesce(ticket.team_id, (SELECT id FROM team WHERE is_default))
"""

TICKETS = Standings(
    text(f"{_TICKETS} WHERE {_LIVE} ORDER BY number"),
    text(f"{_TICKETS} WHERE ticket.id = ANY(:owners) ORDER BY number").bindparams(_owners),
)

# A light card stays in its place for as long as the customer writes, so it may be much older than what waits now. Only
# where none is known may one stand anywhere since the conversation began. Nothing of ours stands below it.
_CONVERSATIONS = """
    SELECT conversation.id, coalesce(nullif(customer.name, ''), 'unknown') AS name,
        least(conversation.awaiting_since, coalesce(to_timestamp(card.ts::float8), conversation.created_at)) AS since,
        coalesce(team.intake_channel, team.slack_channel) AS home, card.channel, card.ts,
        conversation.awaiting_since IS NOT NULL AND conversation.state = 'open' AS live, 0 AS entries, 0 AS due
    FROM conversation
    JOIN customer ON customer.id = conversation.customer_id
    LEFT JOIN conversation_card AS card ON card.conversation_id = conversation.id
    LEFT JOIN team ON team.is_default
"""

CONVERSATIONS = Standings(
    text(f"""
        {_CONVERSATIONS} WHERE conversation.awaiting_since IS NOT NULL AND conversation.state = 'open'
        ORDER BY conversation.awaiting_since, conversation.id
    """),
    text(f"{_CONVERSATIONS} WHERE conversation.id = ANY(:owners) ORDER BY conversation.id").bindparams(_owners),
)

# Of a thread that is the ticket's again: what may stand there is to be looked for before it is posted.
ENTRIES_ADOPTED = text("""
    UPDATE room_entry SET slack_ts = NULL, posting_since = :since, needs_showing = true
    WHERE ticket_id = :ticket
        AND NOT EXISTS (
            SELECT FROM comment WHERE comment.id = room_entry.comment_id AND comment.source = ANY(:comments)
        )
""").bindparams(
    bindparam("ticket", type_=Uuid),
    bindparam("since", type_=DateTime(timezone=True)),
    bindparam("comments", type_=ARRAY(Text)),
)

ENTRIES_GONE = text("""
    UPDATE room_entry SET slack_ts = NULL, posting_since = NULL, needs_showing = true
    WHERE ticket_id = :ticket AND slack_ts = ANY(:gone)
""").bindparams(bindparam("ticket", type_=Uuid), bindparam("gone", type_=ARRAY(Text)))

POSTED = text("SELECT slack_ts FROM room_entry WHERE ticket_id = :ticket AND slack_ts IS NOT NULL").bindparams(
    bindparam("ticket", type_=Uuid)
)
