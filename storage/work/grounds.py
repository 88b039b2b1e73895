"""What a run of the AI stands on: read with its ticket, in one statement."""

from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.types import Uuid

from core.errors import NotFound
from storage.database import Row, Session
from storage.queries.words import with_words
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.ground import Ground, Said
from ticketing.triage.record import Trigger

_LONGEST = 501  # characters of what they said last: an answer is shorter

# Of a room only the newest messages are looked at, however long it is; but one mail that is nobody's proof, wherever it
# stands, takes the proof away. Where mails are checked, only those that are provenly the customer's own prove anything.
# Other channels vouch for whoever writes there. What was heard last is told by ids, which are given while the
# conversation is held: by `at` a message may come after one that was sent later. A run is open until it has ended:
# asked for by its states, planned while there are few, all open ones would be looked through.
_OF = text(
    with_words("""
    WITH recent AS MATERIALIZED (
        SELECT entry.id AS entry, message.id, entry.concerns, entry.moved_to,
            message.direction, message.at, message.edited_at, message.author_id, message.delivery
        FROM (
            SELECT id, message_id, concerns, moved_to FROM room_entry
            WHERE room_entry.ticket_id = :ticket AND message_id IS NOT NULL
            ORDER BY message_id DESC LIMIT 100
        ) AS entry JOIN message ON message.id = entry.message_id
    )
    SELECT understood.trigger, coalesce(understood.confidence, 0) AS confidence,
        coalesce(customer.language, (
            SELECT triage.suggestion ->> 'language' FROM triage
            WHERE triage.conversation_id = conversation.id ORDER BY triage.at DESC LIMIT 1
        )) AS language,
        coalesce((SELECT is_on FROM switch WHERE name = 'ai'), true) AS ai_is_on,
        NOT EXISTS (
            SELECT FROM room_entry
            JOIN mail ON mail.message_id = room_entry.message_id
            WHERE room_entry.ticket_id = ticket.id AND room_entry.moved_to IS NULL AND mail.automatic IS NULL
                AND (NOT mail.verified OR lower(mail.sender) <> lower(conversation.address))
        ) AND (conversation.channel <> 'email' OR EXISTS (
            SELECT FROM room_entry
            JOIN mail ON mail.message_id = room_entry.message_id AND mail.verified AND mail.automatic IS NULL
            WHERE room_entry.ticket_id = ticket.id AND room_entry.moved_to IS NULL
        )) AS is_proven,
        EXISTS (
            SELECT FROM identity
            WHERE identity.channel = conversation.channel AND identity.address = conversation.address
                AND identity.blocked_at IS NOT NULL
        ) AS is_blocked,
        EXISTS (
            SELECT FROM message WHERE message.conversation_id = conversation.id AND NOT message.triaged
        ) AS is_being_read,
        heard.id AS heard, newest.id AS said_in, left(said.text, :longest) AS said, newest.concerns,
        newest.at AS said_at, newest.before, said.replies_to,
        said.file_id IS NOT NULL
            OR EXISTS (SELECT FROM attachment WHERE attachment.message_id = newest.id) AS has_file,
        answered.at AS answered_at, agreement.holder AS holder_then,
        (
            SELECT level FROM autonomy_move AS moved WHERE moved.type = ticket.type ORDER BY moved.place DESC LIMIT 1
        ) AS level,
        (
            SELECT max(comment.at) FROM room_entry JOIN comment ON comment.id = room_entry.comment_id
            WHERE room_entry.ticket_id = ticket.id AND comment.author_id IS DISTINCT FROM agreement.by
                AND comment.at > coalesce(greatest(agreement.at, agreement.approved_at), '-infinity')
        ) AS commented_at
    FROM ticket
    JOIN conversation ON conversation.id = ticket.conversation_id
    JOIN customer ON customer.id = ticket.customer_id
    LEFT JOIN LATERAL (
        SELECT ai_context.trigger, ai_context.confidence FROM ai_context
        WHERE ai_context.ticket_id = ticket.id ORDER BY ai_context.at DESC, ai_context.id DESC LIMIT 1
    ) AS understood ON true
    LEFT JOIN LATERAL (
        SELECT greatest(message.entry, CASE WHEN message.edited_at IS NOT NULL THEN (
            SELECT message_revision.id FROM message_revision
            WHERE message_revision.message_id = message.id ORDER BY message_revision.id DESC LIMIT 1
        ) END) AS id
        FROM recent AS message
        WHERE message.moved_to IS NULL AND message.direction = 'in'
        ORDER BY 1 DESC LIMIT 1
    ) AS heard ON true
    LEFT JOIN LATERAL (
        SELECT message.id, message.concerns, message.at,
            lead(message.at) OVER (ORDER BY message.at DESC, message.id DESC) AS before
        FROM recent AS message
        WHERE message.moved_to IS NULL AND message.direction = 'in'
            AND :FOR_THEMSELVES
        ORDER BY message.at DESC, message.id DESC LIMIT 1
    ) AS newest ON true
    LEFT JOIN message AS said ON said.id = newest.id
    LEFT JOIN LATERAL (
        SELECT run.agreed AS by, step.begun_at AS at, (step.outputs ->> 'holder')::uuid AS holder,
            approval.settled_at AS approved_at
        FROM run
        LEFT JOIN approval ON approval.id = run.approval_id AND approval.state IN ('approved', 'used')
        LEFT JOIN LATERAL (
            SELECT run_step.begun_at, run_step.outputs FROM run_step
            WHERE run_step.run_id = run.id AND run_step.kind = 'agreed' AND run_step.outputs ->> 'by' = run.agreed::text
            ORDER BY run_step.place DESC LIMIT 1
        ) AS step ON true
        WHERE run.ticket_id = ticket.id AND run.ended_at IS NULL
        LIMIT 1
    ) AS agreement ON true
    LEFT JOIN LATERAL (
        SELECT max(message.at) AS at
        FROM recent AS message
        WHERE message.direction = 'out' AND message.author_id IS NOT NULL
            AND message.delivery <> 'withdrawn' AND message.author_id IS DISTINCT FROM agreement.by
            AND message.at > coalesce(agreement.at, '-infinity')
    ) AS answered ON true
    WHERE ticket.id = :ticket
""").replace(":longest", str(_LONGEST))
).bindparams(bindparam("ticket", type_=Uuid))


def _said(row: Row) -> Said:
    return Said(row.said_in, row.said, row.concerns, row.said_at, row.before, row.has_file, row.replies_to)


class Grounds:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def of(self, ticket_id: UUID) -> Ground:
        row = (await self._session.execute(_OF, {"ticket": ticket_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such ticket.")
        return Ground(
            ai_is_on=row.ai_is_on,
            trigger=Trigger(row.trigger) if row.trigger else None,
            confidence=row.confidence,
            language=row.language,
            is_proven=row.is_proven,
            is_blocked=row.is_blocked,
            is_being_read=row.is_being_read,
            heard=row.heard,
            answered_at=row.answered_at,
            commented_at=row.commented_at,
            holder_then=row.holder_then,
            level=Autonomy(row.level) if row.level else None,
            said=_said(row) if row.said is not None else None,
        )
