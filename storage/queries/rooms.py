"""The statements of `storage/rooms.py`."""

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, Uuid

from storage.mails_shown import MAIL
from storage.queries.cards import CardTable
from storage.queries.files import with_files
from storage.queries.words import with_words

TICKETS = CardTable(
    "ticket_card",
    "ticket_id",
    where_it_belongs="""
        SELECT ticket.id, team.slack_channel
        FROM ticket
        LEFT JOIN team ON team.id = coalesce(ticket.team_id, (SELECT id FROM team WHERE is_default))
        WHERE ticket.id = :owner
    """,
)

# Of its trouble: what people wrote last may have gone out in parts, some of which were sent again. The first part that
# failed is why the others did not leave. What the playbook sent when the ticket came into its status counts, too.
CARD = text(
    with_words("""
    SELECT ticket.conversation_id, ticket.number, ticket.version, ticket.subject, ticket.type, ticket.category,
        ticket.description, ticket.status, ticket.priority, ticket.created_at, customer.name AS customer, customer.tier,
        ticket.fields, ticket.status_category, ticket.status_since, ticket.tags, ticket.due_at, ticket.reporter,
        ticket.sentiment AS tone, ticket.exchanges, ticket.reopenings, ticket.hand_offs, ticket.escalated_at,
        ticket.assignee_id, ticket.customer_id, customer.language, customer.time_zone, customer.custom,
        (SELECT array_agg(field) FROM field_source
         WHERE field_source.ticket_id = ticket.id AND stale_since IS NOT NULL) AS stale_fields,
        (SELECT array_agg(field) FROM field_source
         WHERE field_source.ticket_id = ticket.id AND confirmed_at IS NULL
             AND source IN ('entity', 'intent', 'sentiment', 'ai')) AS fields_by_ai,
        conversation.channel, :REACH AS unreachable_since, conversation.came_from,
        conversation.last_inbound_at, conversation.window_closed_at,
        (SELECT score FROM survey WHERE survey.ticket_id = ticket.id AND score IS NOT NULL
         ORDER BY answered_at DESC LIMIT 1) AS score,
        discarder.name AS discarded_by, survivor.number AS merged_into,
        person.name AS assignee, person.email AS assignee_email, team.name AS team,
        context.trigger, context.why, context.summary, context.intent, context.confidence, context.sentiment,
        context.entities, context.sentiment_then, context.first_trigger, context.times, service_level.clocks,
        (SELECT count(*) FROM room_entry JOIN comment ON comment.id = room_entry.comment_id
         WHERE room_entry.ticket_id = ticket.id AND moved_to IS NULL AND comment.deleted_at IS NULL) AS comments,
        (SELECT count(*) FROM ticket_watcher WHERE ticket_watcher.ticket_id = ticket.id) AS watchers,
        (SELECT count(*) FROM ticket_link WHERE origin_id = ticket.id)
        + (SELECT count(*) FROM ticket_link WHERE target_id = ticket.id) AS links,
        (SELECT :SAID
         FROM room_entry JOIN message ON message.id = room_entry.message_id
         WHERE room_entry.ticket_id = ticket.id AND room_entry.concerns AND message.direction = 'in'
             AND room_entry.moved_to IS NULL
         ORDER BY message.at DESC LIMIT 1) AS last_words,
        (SELECT count(*)
         FROM room_entry JOIN attachment ON attachment.message_id = room_entry.message_id
         WHERE room_entry.ticket_id = ticket.id AND room_entry.moved_to IS NULL)
        + (SELECT count(*)
           FROM room_entry JOIN message ON message.id = room_entry.message_id
           WHERE room_entry.ticket_id = ticket.id AND message.file_id IS NOT NULL AND message.delivery <> 'withdrawn')
        + (SELECT count(*)
           FROM room_entry JOIN comment ON comment.id = room_entry.comment_id
           JOIN attachment ON attachment.comment_id = comment.id
           WHERE room_entry.ticket_id = ticket.id AND room_entry.moved_to IS NULL
               AND comment.deleted_at IS NULL) AS files,
        reply.id AS reply_id, reply.delivery AS reply_delivery, reply.error AS reply_error, reply.resendable,
        reply.about AS reply_about,
        (SELECT id FROM run WHERE run.ticket_id = ticket.id AND run.autonomy <> 'shadow'
         ORDER BY run.begun_at DESC LIMIT 1) AS run_id,
        asked.rule AS asked_rule, asked.label AS asked_label, asked.evidence AS asked_evidence,
        asked.call AS asked_call,
        asked.requester AS asked_by, asked.requested_at AS asked_at, asked.escalated AS asked_escalated,
        escalation.id AS escalation_id, escalation.at AS escalation_at, escalation.trigger AS escalation_trigger,
        escalation.because, escalation.notify, escalation.sentiment_then AS tone_then,
        escalation.sentiment AS tone_there, escalation.brief,
        asked.others AS asked_others, asked.slack_ts AS asked_ts, card.channel AS card_channel, card.ts AS card_ts
    FROM ticket
    JOIN customer ON customer.id = ticket.customer_id
    JOIN conversation ON conversation.id = ticket.conversation_id
    LEFT JOIN person ON person.id = ticket.assignee_id
    LEFT JOIN person AS discarder ON discarder.id = ticket.discarded_by
    LEFT JOIN ticket AS survivor ON survivor.id = ticket.merged_into
    LEFT JOIN service_level ON service_level.ticket_id = ticket.id
    LEFT JOIN team ON team.id = coalesce(ticket.team_id, (SELECT id FROM team WHERE is_default))
    LEFT JOIN LATERAL (
        SELECT *, count(*) OVER () AS times,
            first_value(sentiment) OVER oldest AS sentiment_then, first_value(trigger) OVER oldest AS first_trigger
        FROM ai_context WHERE ai_context.ticket_id = ticket.id
        WINDOW oldest AS (ORDER BY at) ORDER BY at DESC LIMIT 1
    ) AS context ON true
    LEFT JOIN LATERAL (
        SELECT id, delivery, error, resendable,
            CASE WHEN by_person THEN 'reply'
                 WHEN EXISTS (SELECT FROM offer WHERE offer.ticket_id = ticket.id AND offer.message_id = part.id)
                     THEN 'proposal'
                 ELSE 'automatic' END AS about
        FROM (
            SELECT message.id, message.delivery, message.error, message.resendable, message.at,
                message.author_id IS NOT NULL AS by_person,
                max(message.at) FILTER (
                    WHERE message.part_of IS NULL AND coalesce(message.request, '') NOT LIKE 'again:%'
                ) OVER (PARTITION BY message.author_id IS NOT NULL) AS newest
            FROM room_entry JOIN message ON message.id = room_entry.message_id
            WHERE room_entry.ticket_id = ticket.id AND message.direction = 'out' AND message.delivery <> 'withdrawn'
                AND (message.author_id IS NOT NULL
                     OR message.request LIKE 'stage:%' AND message.at >= ticket.status_since)
        ) AS part
        WHERE (at >= coalesce(newest, '-infinity') OR NOT by_person) AND delivery IN ('failed', 'unknown')
            AND NOT EXISTS (SELECT FROM message AS again WHERE again.request = 'again:' || part.id)
        ORDER BY delivery = 'failed' DESC, at, id LIMIT 1
    ) AS reply ON true
    LEFT JOIN LATERAL (
        SELECT approval.rule, approval.label, approval.evidence, approval.requester, approval.requested_at,
            CASE WHEN approval.called_with IS NOT NULL THEN coalesce(approval.amount, '') END AS call,
            approval.escalated, entry.slack_ts, count(*) OVER () - 1 AS others
        FROM approval
        LEFT JOIN room_entry AS entry ON entry.approval_id = approval.id AND NOT entry.is_outcome
        WHERE approval.ticket_id = ticket.id AND approval.state = 'waiting'
        ORDER BY approval.requested_at, approval.id LIMIT 1
    ) AS asked ON true
    LEFT JOIN LATERAL (
        SELECT * FROM escalation
        WHERE escalation.ticket_id = ticket.id AND ticket.escalated_at IS NOT NULL
        ORDER BY at DESC LIMIT 1
    ) AS escalation ON true
    LEFT JOIN ticket_card AS card ON card.ticket_id = ticket.id
    WHERE ticket.id = :ticket
""")
).bindparams(bindparam("ticket", type_=Uuid))

# The thread goes with the card: everything in it is to be shown below the next one.
# … but for what nobody has to see again.
THREAD_LOST = text("""
    UPDATE room_entry SET slack_ts = NULL, posting_since = NULL,
        needs_showing = NOT EXISTS (
            SELECT FROM comment WHERE comment.id = room_entry.comment_id AND deleted_at IS NOT NULL)
    WHERE ticket_id = :ticket
""").bindparams(bindparam("ticket", type_=Uuid))

# `needs_showing` goes off here, not when it is shown: what changes while Slack is being called goes on again.
# Whoever fails puts it back with ENTRIES_LOST; whoever dies is found by `posting_since`.
# A run's comes last, as whoever works on one changes it last: the other way around they could wait for one another.
BEGIN_ENTRIES = text("""
    WITH unshown AS (
        SELECT id, posting_since FROM room_entry
        WHERE ticket_id = :ticket AND (needs_showing OR posting_since IS NOT NULL)
        ORDER BY run_id IS NOT NULL, id
        FOR NO KEY UPDATE
    )
    UPDATE room_entry SET needs_showing = false, posting_since = :now
    FROM unshown WHERE room_entry.id = unshown.id
    RETURNING room_entry.id, unshown.posting_since AS posted_before
""").bindparams(bindparam("ticket", type_=Uuid), bindparam("now", type_=DateTime(timezone=True)))

# A statement of its own, begun after the one above: that one may have waited for whoever was just changing a delivery,
# and would show the message as it was before, with the flag already off.
ENTRIES = with_files(
    """
    SELECT entry.id, entry.ticket_id, entry.concerns, entry.slack_ts,
        CASE WHEN entry.comment_id IS NOT NULL THEN 'comment' WHEN entry.is_outcome THEN 'outcome'
             WHEN entry.approval_id IS NOT NULL THEN 'approval' WHEN entry.run_id IS NOT NULL THEN 'run'
             WHEN message.direction = 'in' THEN 'inbound'
             ELSE 'outbound' END AS kind,
        coalesce(author.name, message.author_name, approval.requester, customer.name, '') AS author,
        coalesce(comment.text, message.text, approval.why, '') AS text,
        coalesce(comment.at, message.at, entry.at) AS at,
        coalesce(message.delivery, 'delivered') AS delivery,
        message.error, message.id AS message_id, message.note, message.resendable,
        (SELECT author_name FROM message AS again WHERE again.request = 'again:' || message.id) AS resent_by,
        (SELECT jsonb_agg(:FILE ORDER BY attachment.position, attachment.id)
         FROM attachment
         WHERE attachment.message_id = entry.message_id OR attachment.comment_id = entry.comment_id
             OR attachment.id = message.file_id) AS files,
        own.number, own.subject, entry.approval_id, entry.run_id, moved.number AS moved_to, mover.name AS moved_by,
        message.edited_after_answer, words.versions, words.earlier, words.answered_by,
        CASE WHEN words.versions > 0 THEN coalesce(message.edited_at, comment.edited_at) END AS edited_at,
        comment.deleted_at IS NOT NULL AS is_deleted,
        left(answered.text, 200) AS answers,
        coalesce(answered.author_name, CASE WHEN answered.direction = 'in' THEN customer.name END) AS answers_whose,
        CASE WHEN message.direction = 'in' AND message.author_name IS NOT NULL AND mail.message_id IS NULL
             THEN customer.name END AS in_group,
        message.cc, message.author_address AS mail_author, :MAIL,
        message.part_of IS NOT NULL AND conversation.thread <> '' AS goes_along,
        CASE WHEN message.direction = 'in' AND entry.moved_to IS NULL THEN (
            SELECT jsonb_agg(jsonb_build_array(id, number, subject) ORDER BY number DESC)
            FROM (
                SELECT id, number, subject FROM ticket AS other
                WHERE other.conversation_id = message.conversation_id AND other.id <> entry.ticket_id
                    AND other.status_category IN ('open', 'active', 'pending') AND other.discarded_at IS NULL
                    AND other.merged_into IS NULL
                ORDER BY number DESC LIMIT 2
            ) AS newest
        ) END AS others
    FROM room_entry AS entry
    JOIN ticket AS own ON own.id = entry.ticket_id
    LEFT JOIN ticket AS moved ON moved.id = entry.moved_to
    LEFT JOIN person AS mover ON mover.id = entry.moved_by
    LEFT JOIN message ON message.id = entry.message_id
    LEFT JOIN conversation ON conversation.id = message.conversation_id
    LEFT JOIN customer ON customer.id = conversation.customer_id
    LEFT JOIN mail ON mail.message_id = message.id
    LEFT JOIN message AS answered
        ON answered.key = message.replies_to AND answered.conversation_id = message.conversation_id
    LEFT JOIN comment ON comment.id = entry.comment_id
    LEFT JOIN approval ON approval.id = entry.approval_id
    LEFT JOIN person AS author ON author.id = comment.author_id
    LEFT JOIN LATERAL (
        SELECT count(*) AS versions, max(answered_by) FILTER (WHERE place = 1) AS answered_by,
            max(left(text, 500)) FILTER (WHERE place = 1) AS earlier
        FROM (
            SELECT text, answered_by,
                row_number() OVER (ORDER BY answered_by IS NULL, revision.at <> message.at DESC, at DESC) AS place
            FROM message_revision AS revision WHERE revision.message_id = message.id
            UNION ALL
            SELECT text, NULL, row_number() OVER (ORDER BY at DESC) AS place
            FROM comment_revision WHERE comment_revision.comment_id = comment.id
        ) AS revisions
    ) AS words ON true
    WHERE entry.id = ANY(:entries)
    ORDER BY 8, entry.id
""".replace(":MAIL", MAIL)
).bindparams(bindparam("entries", type_=ARRAY(Uuid)))

# Both only while the ticket is that run's: whoever took it over knows better what stands there.
ENTRIES_LOST = text("""
    UPDATE room_entry SET needs_showing = true, posting_since = NULL
    FROM ticket_card AS card
    WHERE room_entry.id = ANY(:entries) AND card.ticket_id = room_entry.ticket_id AND card.held_run = :run
""").bindparams(bindparam("entries", type_=ARRAY(Uuid)), bindparam("run", type_=Uuid))

# Not when the card was deleted meanwhile: what stands below that one has to be posted below the next.
ENTRY_SHOWN = text("""
    UPDATE room_entry SET slack_ts = :ts, posting_since = NULL
    FROM ticket_card AS card
    WHERE room_entry.id = :entry AND card.ticket_id = room_entry.ticket_id AND card.held_run = :run
        AND room_entry.posting_since IS NOT NULL
""").bindparams(bindparam("entry", type_=Uuid), bindparam("run", type_=Uuid))

# The first words of all come first, whatever the provider's clock says of the edits.
EARLIER = text("""
    SELECT revision.text, revision.at, revision.answered_by
    FROM room_entry AS entry
    JOIN message ON message.id = entry.message_id
    JOIN message_revision AS revision ON revision.message_id = message.id
    WHERE entry.id = :entry
    ORDER BY revision.at <> message.at, revision.at, revision.id
""").bindparams(bindparam("entry", type_=Uuid))
# Of each message and comment in the room, as ENTRIES has them.
FILES = with_files("""
    SELECT listed.* FROM (
        SELECT jsonb_build_array(:FILE) AS files, message.at,
            coalesce(message.author_name, customer.name, '') AS author, attachment.position, attachment.id
        FROM room_entry
        JOIN message ON message.id = room_entry.message_id AND message.delivery <> 'withdrawn'
        JOIN conversation ON conversation.id = message.conversation_id
        JOIN customer ON customer.id = conversation.customer_id
        JOIN attachment ON attachment.message_id = message.id OR attachment.id = message.file_id
        WHERE room_entry.ticket_id = :ticket AND room_entry.moved_to IS NULL
        UNION ALL
        SELECT jsonb_build_array(:FILE), comment.at, coalesce(person.name, ''), attachment.position, attachment.id
        FROM room_entry
        JOIN comment ON comment.id = room_entry.comment_id AND comment.deleted_at IS NULL
        JOIN attachment ON attachment.comment_id = comment.id
        LEFT JOIN person ON person.id = comment.author_id
        WHERE room_entry.ticket_id = :ticket AND room_entry.moved_to IS NULL
    ) AS listed
    ORDER BY listed.at DESC, listed.position DESC, listed.id DESC
    LIMIT :most
""").bindparams(bindparam("ticket", type_=Uuid))

COMMENTED = text("SELECT ticket_id FROM comment WHERE source = :source")

EMAIL_OF = text("SELECT email FROM slack_user WHERE slack_user = :user AND seen_at >= :since")

REMEMBER_USER = text("""
    INSERT INTO slack_user (slack_user, email, zone, seen_at) VALUES (:user, :email, :zone, :now)
    ON CONFLICT (slack_user) DO UPDATE
    SET email = EXCLUDED.email, zone = coalesce(EXCLUDED.zone, slack_user.zone), seen_at = EXCLUDED.seen_at
""")
