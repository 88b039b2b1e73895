"""The statements of `storage/finding.py`: what lists and search do not say of tickets, and conversations to choose."""

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Integer, Uuid

# Of the tickets of one page.
STANDING = text("""
    SELECT wanted.id, card.channel, card.ts, service_level.clocks
    FROM unnest(:tickets) AS wanted (id)
    LEFT JOIN ticket_card AS card ON card.ticket_id = wanted.id
    LEFT JOIN service_level ON service_level.ticket_id = wanted.id
""").bindparams(bindparam("tickets", type_=ARRAY(Uuid)))

PLACE = text("""
    SELECT card.channel, card.ts FROM ticket JOIN ticket_card AS card ON card.ticket_id = ticket.id
    WHERE ticket.number = :number AND card.ts IS NOT NULL
""").bindparams(bindparam("number", type_=Integer))

_CONVERSATION = """
    SELECT conversation.id, conversation.version, customer.name AS customer, conversation.channel,
        conversation.address, coalesce(conversation.last_inbound_at, conversation.created_at) AS last_at,
        conversation.subject
    FROM conversation JOIN customer ON customer.id = conversation.customer_id
"""
CONVERSATION = text(f"{_CONVERSATION} WHERE conversation.id = :conversation").bindparams(
    bindparam("conversation", type_=Uuid)
)
CONVERSATIONS = text(f"""
    {_CONVERSATION} WHERE conversation.customer_id = ANY(:customers) AND conversation.moved_to IS NULL
    ORDER BY last_at DESC, conversation.id LIMIT :most
""").bindparams(bindparam("customers", type_=ARRAY(Uuid)), bindparam("most", type_=Integer))
