"""Where people are told that a conversation's window is closing: below a live ticket's card, or the light card.

Whoever has left is told nothing: what they have counts as nobody's here.
"""

from sqlalchemy import bindparam, text
from sqlalchemy.types import Uuid

PLACE = text("""
    SELECT customer.name AS customer, assignee.name AS assignee, slack_user.slack_user,
        coalesce(card.channel, light.channel) AS channel, coalesce(card.ts, light.ts) AS ts
    FROM conversation
    JOIN customer ON customer.id = conversation.customer_id
    LEFT JOIN LATERAL (
        SELECT ticket.id, ticket.assignee_id FROM ticket
        WHERE (ticket.conversation_id = conversation.id OR ticket.id IN (
                WITH RECURSIVE going_on (id) AS (
                    SELECT merged_into FROM ticket AS merged
                    WHERE merged.conversation_id = conversation.id AND merged.merged_into IS NOT NULL
                    UNION
                    SELECT between.merged_into FROM going_on JOIN ticket AS between ON between.id = going_on.id
                    WHERE between.merged_into IS NOT NULL
                )
                SELECT id FROM going_on
            ))
            AND ticket.status_category IN ('open', 'active', 'pending') AND ticket.discarded_at IS NULL
            AND ticket.merged_into IS NULL
            AND ticket.customer_id = conversation.customer_id  -- customers that were merged may have been parted again
        ORDER BY ticket.number DESC LIMIT 1
    ) AS ticket ON true
    LEFT JOIN ticket_card AS card ON card.ticket_id = ticket.id AND card.ts IS NOT NULL
    LEFT JOIN conversation_card AS light ON light.conversation_id = conversation.id AND light.ts IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT name, email FROM person
        WHERE id IN (ticket.assignee_id, conversation.assignee_id) AND left_at IS NULL
        ORDER BY id = ticket.assignee_id DESC NULLS LAST LIMIT 1
    ) AS assignee ON true
    LEFT JOIN LATERAL (
        SELECT slack_user FROM slack_user WHERE slack_user.email = assignee.email ORDER BY seen_at DESC LIMIT 1
    ) AS slack_user ON true
    WHERE conversation.id = :conversation
""").bindparams(bindparam("conversation", type_=Uuid))

PROMISED = text("""
    SELECT ticket.number, ticket.subject, ticket.due_at,
        ticket.status_category IN ('open', 'active', 'pending') AND ticket.discarded_at IS NULL
            AND ticket.merged_into IS NULL AS owed,
        person.name, slack_user.slack_user, card.channel, card.ts
    FROM ticket
    LEFT JOIN ticket_card AS card ON card.ticket_id = ticket.id
    LEFT JOIN LATERAL (
        SELECT name, email FROM person
        WHERE id IN (ticket.assignee_id, ticket.owner_id) AND left_at IS NULL
        ORDER BY id = ticket.assignee_id DESC NULLS LAST LIMIT 1
    ) AS person ON true
    LEFT JOIN LATERAL (
        SELECT slack_user FROM slack_user WHERE slack_user.email = person.email ORDER BY seen_at DESC LIMIT 1
    ) AS slack_user ON true
    WHERE ticket.id = :ticket
""").bindparams(bindparam("ticket", type_=Uuid))
