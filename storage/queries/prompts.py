"""Where people are told that a conversation's window is closing: below a live ticket's card, or the light card."""

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text, Uuid

PLACE = text("""
    SELECT customer.name AS customer, assignee.name AS assignee, slack_user.slack_user,
        coalesce(card.channel, light.channel) AS channel, coalesce(card.ts, light.ts) AS ts
    FROM conversation
    JOIN customer ON customer.id = conversation.customer_id
    LEFT JOIN LATERAL (
        SELECT ticket.id, ticket.assignee_id FROM ticket
        WHERE ticket.conversation_id = conversation.id AND ticket.status = ANY(:live) AND ticket.discarded_at IS NULL
        ORDER BY ticket.number DESC LIMIT 1
    ) AS ticket ON true
    LEFT JOIN ticket_card AS card ON card.ticket_id = ticket.id AND card.ts IS NOT NULL
    LEFT JOIN conversation_card AS light ON light.conversation_id = conversation.id AND light.ts IS NOT NULL
    LEFT JOIN person AS assignee ON assignee.id = coalesce(ticket.assignee_id, conversation.assignee_id)
    LEFT JOIN LATERAL (
        SELECT slack_user FROM slack_user WHERE slack_user.email = assignee.email ORDER BY seen_at DESC LIMIT 1
    ) AS slack_user ON true
    WHERE conversation.id = :conversation
""").bindparams(bindparam("conversation", type_=Uuid), bindparam("live", type_=ARRAY(Text)))
