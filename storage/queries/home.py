"""The statements of `storage/homes.py`: what one person's page is made of, however large the desk is."""

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, Integer, Text, Uuid

from storage.queries.sla import AT_RISK_PAGE
from storage.queries.words import with_words

_AT = DateTime(timezone=True)
_PERSON, _TEAMS = bindparam("person", type_=Uuid), bindparam("teams", type_=ARRAY(Uuid))
_MOST = bindparam("most", type_=Integer)

# Theirs, by the facet that lists have; of the soonest due of the desk, those of their teams; and those found before.
# What was said last is of the newest ten messages of the room, whose ids grow with time: a ticket of a thousand
# messages costs no more. What concerns no ticket in particular waits in each of them, until anybody answers in any.
TICKETS = text(
    with_words(f"""
    WITH {AT_RISK_PAGE},
    mine AS MATERIALIZED (
        SELECT id FROM ticket WHERE facets @> ARRAY[CAST(:mine AS text)] LIMIT :most_mine
    ), at_risk AS MATERIALIZED (
        SELECT ticket.id
        FROM page
        JOIN ticket ON ticket.id = page.ticket_id AND ticket.id = ANY (ARRAY(SELECT ticket_id FROM page))
        WHERE ticket.assignee_id IS DISTINCT FROM :person
            AND ticket.status_category IN ('open', 'active', 'pending')
            AND (CAST(:teams AS uuid[]) IS NULL
                OR coalesce(ticket.team_id, (SELECT id FROM team WHERE is_default)) = ANY (:teams))
        ORDER BY page.due_at, page.ticket_id
        LIMIT :most_at_risk
    ), wanted AS MATERIALIZED (
        SELECT id FROM mine UNION SELECT id FROM at_risk UNION SELECT unnest(CAST(:found AS uuid[]))
    )
    SELECT ticket.id, ticket.conversation_id, ticket.number, ticket.version, ticket.subject, ticket.type, ticket.status,
        ticket.status_since, ticket.priority, ticket.created_at, ticket.due_at, ticket.assignee_id,
        customer.name AS customer, person.name AS assignee, card.channel, card.ts,
        (SELECT clocks FROM service_level WHERE service_level.ticket_id = ticket.id) AS clocks,
        (SELECT min(requested_at) FROM approval WHERE approval.ticket_id = ticket.id AND state = 'waiting')
            AS approval_since,
        ticket.id IN (SELECT id FROM at_risk) AS is_at_risk,
        said.unanswered_since, said.undelivered_at, context.trigger, context.why
    FROM ticket
    JOIN customer ON customer.id = ticket.customer_id
    LEFT JOIN person ON person.id = ticket.assignee_id
    LEFT JOIN ticket_card AS card ON card.ticket_id = ticket.id
    LEFT JOIN LATERAL (
        SELECT min(at) FILTER (WHERE theirs AND (answered_at IS NULL OR at > answered_at)) AS unanswered_since,
            max(at) FILTER (WHERE NOT theirs AND place = 1 AND delivery IN ('failed', 'unknown'))
                AS undelivered_at
        FROM (
            SELECT message.at, message.delivery, message.direction = 'in' AS theirs,
                max(message.at) FILTER (WHERE message.direction = 'out') OVER () AS answered_at,
                row_number() OVER (PARTITION BY message.direction ORDER BY message.id DESC) AS place
            FROM (
                SELECT message_id, concerns FROM room_entry
                WHERE room_entry.ticket_id = ticket.id AND message_id IS NOT NULL AND moved_to IS NULL
                ORDER BY message_id DESC LIMIT 10
            ) AS newest
            JOIN message ON message.id = newest.message_id
            WHERE CASE
                WHEN message.direction = 'out' THEN message.delivery <> 'withdrawn'
                    AND (message.author_id IS NOT NULL OR message.request LIKE 'stage:%')
                ELSE :FOR_THEMSELVES AND (newest.concerns OR message.at > coalesce((
                    SELECT at FROM message AS answer
                    WHERE answer.conversation_id = message.conversation_id AND answer.direction = 'out'
                        AND answer.delivery <> 'withdrawn' AND answer.author_id IS NOT NULL
                    ORDER BY at DESC LIMIT 1
                ), '-infinity')) END
        ) AS lately
    ) AS said ON true
    LEFT JOIN LATERAL (
        (SELECT trigger, array_to_string(because, '; ') AS why FROM escalation
         WHERE escalation.ticket_id = ticket.id AND ticket.escalated_at IS NOT NULL AND ticket.assignee_id IS NULL
         ORDER BY at DESC LIMIT 1)
        UNION ALL
        (SELECT trigger, why FROM ai_context
         WHERE ai_context.ticket_id = ticket.id AND ticket.assignee_id IS NULL
         ORDER BY at LIMIT 1)
        LIMIT 1
    ) AS context ON true
    WHERE ticket.id = ANY (ARRAY(SELECT id FROM wanted))
""")  # noqa: S608 - a constant of ours
).bindparams(
    _PERSON,
    _TEAMS,
    _MOST,
    bindparam("mine", type_=Text),
    bindparam("now", type_=_AT),
    bindparam("most_mine", type_=Integer),
    bindparam("most_at_risk", type_=Integer),
    bindparam("found", type_=ARRAY(Uuid)),
)

# Whether more is at risk at the desk than a page looks at.
MORE_AT_RISK = text("""
    SELECT count(*) > :most AS more FROM (
        SELECT FROM service_level
        WHERE at_risk_at IS NOT NULL AND at_risk_at <= :now
        ORDER BY at_risk_at LIMIT CAST(:most AS integer) + 1
    ) AS risky
""").bindparams(_MOST, bindparam("now", type_=_AT))

DEFAULT_TEAM = text("SELECT id FROM team WHERE is_default")

# What waits without a ticket: the longest of what nobody has, and of what they have, whatever colleagues have.
# In the order of their index: in that of all that waits, a thousand of colleagues would have to be passed.
# One by one: to join the few with all customers, or all cards, is tempting where it is not known how few they are.
UNTICKETED = text(
    with_words("""
    SELECT conversation.id, conversation.version, conversation.channel, conversation.awaiting_since,
        conversation.assignee_id, card.channel AS card_channel, card.ts,
        (SELECT name FROM customer WHERE customer.id = conversation.customer_id) AS customer,
        (SELECT :SAID FROM message
         WHERE message.conversation_id = conversation.id AND direction = 'in' AND :FOR_THEMSELVES
         ORDER BY at DESC, id DESC LIMIT 1) AS last_words
    FROM (
        (
            SELECT * FROM conversation
            WHERE awaiting_since IS NOT NULL AND state = 'open' AND assignee_id IS NULL
            ORDER BY assignee_id, awaiting_since LIMIT :most
        )
        UNION ALL
        (
            SELECT * FROM conversation
            WHERE awaiting_since IS NOT NULL AND state = 'open' AND assignee_id = :person
            ORDER BY awaiting_since LIMIT :most
        )
    ) AS conversation
    LEFT JOIN LATERAL (
        SELECT channel, ts FROM conversation_card WHERE conversation_card.conversation_id = conversation.id LIMIT 1
    ) AS card ON true
    ORDER BY conversation.awaiting_since
    LIMIT :most
""")
).bindparams(_PERSON, _MOST)

# In the order of an index that holds only those that wait. Whose say they are is for the one permission function.
WAITING_APPROVALS = text("""
    SELECT approval.*, card.channel AS card_channel, card.ts AS card_ts
    FROM (SELECT * FROM approval WHERE state = 'waiting' ORDER BY expires_at LIMIT :most) AS approval
    LEFT JOIN ticket_card AS card ON card.ticket_id = approval.ticket_id
    ORDER BY approval.expires_at, approval.requested_at, approval.id
""").bindparams(_MOST)

_SCREEN = (bindparam("user", type_=Text), bindparam("version", type_=Text), bindparam("now", type_=_AT))
OPENED = text("""
    INSERT INTO slack_home AS known (person_id, slack_user, opened_at, look_at, version)
    VALUES (:person, :user, :now, :look_at, :version)
    ON CONFLICT (person_id) DO UPDATE SET slack_user = EXCLUDED.slack_user, opened_at = EXCLUDED.opened_at,
        look_at = EXCLUDED.look_at, version = coalesce(EXCLUDED.version, known.version)
""").bindparams(_PERSON, *_SCREEN, bindparam("look_at", type_=_AT))
SCREEN = text("""
    SELECT slack_user, version, digest, drawn_at FROM slack_home WHERE person_id = :person
""").bindparams(_PERSON)
# Its answer may never come.
DRAWING = text("UPDATE slack_home SET digest = NULL WHERE person_id = :person AND digest IS NOT NULL").bindparams(
    _PERSON
)
DRAWN = text("""
    UPDATE slack_home SET version = :version, digest = :digest, drawn_at = :now
    WHERE person_id = :person AND (drawn_at IS NULL OR drawn_at <= :now)
""").bindparams(_PERSON, *_SCREEN[1:], bindparam("digest", type_=Text))
PRESSED = text("""
    UPDATE slack_home SET look_at = least(look_at, CAST(:look_at AS timestamptz)), opened_at = :now
    WHERE slack_user = :user AND look_at IS NOT NULL
""").bindparams(_SCREEN[0], _SCREEN[2], bindparam("look_at", type_=_AT))
