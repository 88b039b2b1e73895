"""The statements of `storage/customers.py`: a customer's profile and timeline, and finding customers."""

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, Integer, Text, Uuid

from storage.queries.words import with_words

_CUSTOMER = bindparam("customer", type_=Uuid)
_MOST = bindparam("most", type_=Integer)

_TICKET = """
    SELECT ticket.id, ticket.number, ticket.subject, ticket.type, ticket.status, ticket.priority,
        person.name AS assignee, ticket.created_at
    FROM ticket LEFT JOIN person ON person.id = ticket.assignee_id
    WHERE ticket.customer_id = :customer AND {which} ORDER BY ticket.number DESC LIMIT :most
"""
_COUNTS = "discarded_at IS NULL AND merged_into IS NULL"
# Each in the words of its index.
OPEN_TICKETS = text(
    _TICKET.format(which="resolved_at IS NULL AND discarded_at IS NULL AND merged_into IS NULL")
).bindparams(_CUSTOMER, _MOST)
NEWEST_TICKETS = text(_TICKET.format(which=_COUNTS)).bindparams(_CUSTOMER, _MOST)

CONVERSATIONS = text(
    with_words("""
    SELECT conversation.id, conversation.channel, conversation.account, conversation.address, conversation.state,
        coalesce(newest.said, '') AS last_words, newest.at AS last_at
    FROM conversation LEFT JOIN LATERAL (
        SELECT :SAID AS said, at FROM message WHERE conversation_id = conversation.id ORDER BY at DESC LIMIT 1
    ) AS newest ON true
    WHERE conversation.customer_id = :customer
    ORDER BY newest.at DESC NULLS LAST, conversation.id LIMIT :most
""")
).bindparams(_CUSTOMER, _MOST)

# Of each conversation its newest few, then of these the newest: nothing older is read.
TIMELINE = text("""
    SELECT newest.id, conversation.id AS conversation_id, conversation.channel, newest.direction, newest.author_name,
        newest.text, newest.at, newest.delivery
    FROM conversation CROSS JOIN LATERAL (
        SELECT id, direction, author_name, text, at, delivery FROM message
        WHERE message.conversation_id = conversation.id AND at <= :before AND (at, id) < (:before, :before_id)
        ORDER BY at DESC, id DESC LIMIT :most
    ) AS newest
    WHERE conversation.customer_id = :customer
    ORDER BY newest.at DESC, newest.id DESC LIMIT :most
""").bindparams(
    _CUSTOMER, _MOST, bindparam("before", type_=DateTime(timezone=True)), bindparam("before_id", type_=Uuid)
)

MERGES = text("""
    SELECT merge.id, merge.reason, merge.by_name, merge.at, merge.absorbed_id, absorbed.name AS absorbed,
        merge.undone_at, merge.undone_by
    FROM customer_merge AS merge JOIN customer AS absorbed ON absorbed.id = merge.absorbed_id
    WHERE merge.survivor_id = :customer ORDER BY merge.at DESC LIMIT :most
""").bindparams(_CUSTOMER, _MOST)

# Who a customer is by now, however often they were merged.
SURVIVOR = text("""
    WITH RECURSIVE line AS (
        SELECT id, merged_into FROM customer WHERE id = :customer
        UNION
        SELECT next.id, next.merged_into FROM line JOIN customer AS next ON next.id = line.merged_into
    )
    SELECT id FROM line WHERE merged_into IS NULL
""").bindparams(_CUSTOMER)

OF_CONVERSATION = text("SELECT customer_id FROM conversation WHERE id = :conversation").bindparams(
    bindparam("conversation", type_=Uuid)
)

_LINE = """
    SELECT customer.id, customer.name, customer.tier, customer.created_at,
        (SELECT array_agg(channel || ':' || address ORDER BY channel, address)
         FROM identity WHERE identity.customer_id = customer.id) AS addresses
"""
LINES = text(f"""
    {_LINE} FROM customer WHERE id = ANY(:customers) AND merged_into IS NULL ORDER BY id DESC
""").bindparams(bindparam("customers", type_=ARRAY(Uuid)))
# Ids are ordered by time: the newest customers first, a page at a time.
PAGE = text(f"""
    {_LINE} FROM customer WHERE id < :before AND merged_into IS NULL ORDER BY id DESC LIMIT :most
""").bindparams(bindparam("before", type_=Uuid), _MOST)

# The expressions are those of the indexes.
BY_NAME = text("""
    SELECT id FROM customer
    WHERE to_tsvector('simple'::regconfig, name) @@ to_tsquery('simple'::regconfig, :words) AND merged_into IS NULL
    LIMIT :most
""").bindparams(bindparam("words", type_=Text), _MOST)
BY_ADDRESS = text("""
    SELECT customer_id AS id FROM identity WHERE address ~>=~ :start AND address ~<~ :end
    ORDER BY address USING ~<~ LIMIT :most
""").bindparams(bindparam("start", type_=Text), bindparam("end", type_=Text), _MOST)
BY_CONTACT = text("SELECT customer_id AS id FROM identity WHERE phone = :contact").bindparams(
    bindparam("contact", type_=Text)
)
BY_TICKET = text("SELECT customer_id AS id FROM ticket WHERE number = :number").bindparams(
    bindparam("number", type_=Integer)
)
