"""The statements of `storage/light_cards.py`."""

from sqlalchemy import bindparam, text
from sqlalchemy.types import Uuid

from storage.mails_shown import MAIL
from storage.queries.cards import CardTable
from storage.queries.files import with_files
from storage.queries.words import with_words

CONVERSATIONS = CardTable(
    "conversation_card",
    "conversation_id",
    where_it_belongs="""
        SELECT conversation.id, coalesce(team.intake_channel, team.slack_channel)
        FROM conversation LEFT JOIN team ON team.is_default
        WHERE conversation.id = :owner
    """,
)

# Of a reply that went out in parts, the first that did not arrive is told, else the last.
# A greeting in three messages is read in one go; more than that is in the thread of nothing yet.
# Of what concerns only us, what others wrote stands there with their name: nowhere else is it seen without a ticket.
CARD = with_files(
    with_words(
        """
    SELECT conversation.version, conversation.channel, conversation.state, conversation.snoozed_until,
        conversation.state_by, conversation.awaiting_since, customer.name AS customer, person.name AS assignee,
        (SELECT string_agg(newest.said, E'\n' ORDER BY newest.at, newest.id)
         FROM (SELECT id, at, :SAID AS said FROM message
               WHERE message.conversation_id = conversation.id AND direction = 'in'
               AND at >= coalesce(conversation.awaiting_since, '-infinity')
               AND (author_address IS NOT NULL OR :FOR_THEMSELVES)
               ORDER BY at DESC, id DESC LIMIT 3) AS newest) AS last_words,
        (SELECT jsonb_agg(:FILE ORDER BY newest.at, newest.id, attachment.position)
         FROM (SELECT id, at FROM message
               WHERE message.conversation_id = conversation.id AND direction = 'in'
               AND at >= coalesce(conversation.awaiting_since, '-infinity')
               ORDER BY at DESC, id DESC LIMIT 10) AS newest
         JOIN attachment ON attachment.message_id = newest.id) AS files,
        triage.suggestion ->> 'why' AS why,
        coalesce((triage.suggestion ->> 'confidence')::float, 1) AS confidence,
        triage.suggestion #> '{issues,0}' AS suggested,
        reply.id AS reply_id, reply.author_name AS reply_author, reply.text AS reply_text,
        reply.delivery AS reply_delivery, reply.error AS reply_error, reply.note AS reply_note,
        reply.resendable AS reply_resendable, reply.at AS reply_at,
        (SELECT name FROM attachment WHERE attachment.id = reply.file_id) AS reply_file,
        EXISTS (SELECT FROM room_entry WHERE room_entry.message_id = reply.id) AS reply_in_room,
        (SELECT max(number) FROM ticket
         WHERE ticket.conversation_id = conversation.id AND discarded_at IS NULL AND merged_into IS NULL) AS ticket,
        :REACH AS unreachable_since, conversation.came_from,
        conversation.last_inbound_at, conversation.window_closed_at,
        (SELECT revision.answered_by
         FROM message AS edited JOIN message_revision AS revision ON revision.message_id = edited.id
         WHERE edited.conversation_id = conversation.id AND edited.at >= conversation.awaiting_since
             AND edited.edited_after_answer AND revision.answered_by IS NOT NULL
         ORDER BY revision.at DESC LIMIT 1) AS edited_after,
        CASE WHEN identity.blocked_at IS NOT NULL THEN identity.blocked_by END AS blocked_by,
        possible_match.why AS match_why, possible_match.same, possible_match.decided_by,
        target_customer.name AS match_customer, known.number AS match_number,
        coalesce(known.subject, target.subject) AS match_subject,
        mail.author_address AS mail_author, :MAIL
    FROM conversation
    JOIN customer ON customer.id = conversation.customer_id
    LEFT JOIN identity ON identity.channel = conversation.channel AND identity.address = conversation.address
    LEFT JOIN person ON person.id = conversation.assignee_id
    LEFT JOIN LATERAL (
        SELECT mail.*, newest.author_address
        FROM message AS newest LEFT JOIN mail ON mail.message_id = newest.id
        WHERE newest.conversation_id = conversation.id AND newest.direction = 'in'
            AND (newest.author_address IS NOT NULL OR mail.automatic IS NULL)
        ORDER BY newest.at DESC, newest.id DESC LIMIT 1
    ) AS mail ON true
    LEFT JOIN possible_match ON possible_match.conversation_id = conversation.id
    LEFT JOIN conversation AS target ON target.id = possible_match.target_id
    LEFT JOIN customer AS target_customer ON target_customer.id = target.customer_id
    LEFT JOIN LATERAL (
        SELECT number, subject FROM ticket
        WHERE ticket.conversation_id = target.id AND discarded_at IS NULL AND merged_into IS NULL
        ORDER BY number DESC LIMIT 1
    ) AS known ON true
    LEFT JOIN LATERAL (
        SELECT suggestion FROM triage WHERE triage.conversation_id = conversation.id ORDER BY at DESC LIMIT 1
    ) AS triage ON true
    LEFT JOIN LATERAL (
        SELECT id, author_name, text, delivery, error, note, resendable, at, file_id
        FROM message, LATERAL (
            SELECT delivery IN ('failed', 'unknown')
                AND NOT EXISTS (SELECT FROM message AS again WHERE again.request = 'again:' || message.id) AS lacking
        ) AS part
        WHERE message.conversation_id = conversation.id AND direction = 'out' AND delivery <> 'withdrawn'
            AND at >= coalesce((
                SELECT at FROM message AS written
                WHERE written.conversation_id = conversation.id AND direction = 'out' AND delivery <> 'withdrawn'
                    AND part_of IS NULL AND coalesce(request, '') NOT LIKE 'again:%'
                ORDER BY at DESC LIMIT 1
            ), '-infinity')
        ORDER BY lacking DESC, lacking AND delivery = 'failed' DESC, CASE WHEN lacking THEN at END, at DESC, id DESC
        LIMIT 1
    ) AS reply ON true
    WHERE conversation.id = :conversation
""".replace(":MAIL", MAIL)
    )
).bindparams(bindparam("conversation", type_=Uuid))

# What waits without a ticket: an index holds it, whatever the table has grown to.
UNTICKETED = text(
    with_words("""
    SELECT conversation.id, conversation.channel, conversation.address, conversation.state, conversation.snoozed_until,
        conversation.awaiting_since, customer.name AS customer, person.name AS assignee,
        (SELECT :SAID FROM message
         WHERE message.conversation_id = conversation.id AND direction = 'in' AND :FOR_THEMSELVES
         ORDER BY at DESC, id DESC LIMIT 1) AS last_words
    FROM conversation
    JOIN customer ON customer.id = conversation.customer_id
    LEFT JOIN person ON person.id = conversation.assignee_id
    WHERE conversation.awaiting_since IS NOT NULL
    ORDER BY conversation.awaiting_since
    LIMIT :most
""")
)
