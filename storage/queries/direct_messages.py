"""What is asked about direct messages when they are told."""

from sqlalchemy import bindparam, text
from sqlalchemy.types import DateTime, Integer, Text, Uuid

from storage.queries.words import with_words

_MESSAGE = """
    SELECT message.person_id, message.kind, message.since, message.ticket_id, message.about_id, message.posting_since,
        CASE WHEN message.kind = 'digest' THEN coalesce(preference.digest, true)
             ELSE NOT coalesce(message.kind = ANY (preference.silenced), false) END
            AND person.left_at IS NULL AS wanted,
        slack.slack_user, slack.direct, slack.seen_at,
        message.mail, message.mail_job, coalesce(preference.by_mail, 'outside_slack') AS by_mail,
        coalesce(message.state = 'dropped' AND message.why = 'not in Slack', false) AS missed
    FROM direct_message AS message
    JOIN person ON person.id = message.person_id
    LEFT JOIN preference ON preference.person_id = person.id
    LEFT JOIN LATERAL (
        SELECT slack_user, direct, seen_at FROM slack_user
        WHERE slack_user.email = person.email ORDER BY seen_at DESC LIMIT 1
    ) AS slack ON true
    WHERE message.id = :message
"""
MAILING = text(_MESSAGE).bindparams(bindparam("message", type_=Uuid))
OWED = text(f"{_MESSAGE} AND message.state = 'owed'").bindparams(bindparam("message", type_=Uuid))

# Whoever begins saw what stood there before: of two at once, one begins.
BEGIN = text("""
    UPDATE direct_message SET run = :run, posting_since = :now
    WHERE id = :message AND state = 'owed' AND posting_since IS NOT DISTINCT FROM :seen
    RETURNING id
""").bindparams(
    bindparam("message", type_=Uuid),
    bindparam("run", type_=Uuid),
    bindparam("now", type_=DateTime(timezone=True)),
    bindparam("seen", type_=DateTime(timezone=True)),
)
NOT_POSTED = text("""
    UPDATE direct_message SET posting_since = NULL WHERE id = :message AND run = :run AND state = 'owed'
""").bindparams(bindparam("message", type_=Uuid), bindparam("run", type_=Uuid))
TOLD = text("""
    UPDATE direct_message SET state = 'told', channel = :channel, ts = :ts, settled_at = :now
    WHERE id = :message AND state = 'owed'
""").bindparams(
    bindparam("message", type_=Uuid),
    bindparam("channel", type_=Text),
    bindparam("ts", type_=Text),
    bindparam("now", type_=DateTime(timezone=True)),
)
DROPPED = text("""
    UPDATE direct_message SET state = 'dropped', why = :why, settled_at = :now WHERE id = :message AND state = 'owed'
""").bindparams(
    bindparam("message", type_=Uuid), bindparam("why", type_=Text), bindparam("now", type_=DateTime(timezone=True))
)

OPENED = text("UPDATE slack_user SET direct = :channel WHERE slack_user = :user")

REMARK = text("""
    SELECT comment.text, comment.source, author.name, author.id,
        (SELECT slack_user FROM slack_user WHERE slack_user.email = author.email ORDER BY seen_at DESC LIMIT 1)
            AS slack_user
    FROM comment JOIN person AS author ON author.id = comment.author_id
    WHERE comment.id = :comment AND comment.deleted_at IS NULL
""").bindparams(bindparam("comment", type_=Uuid))

# Whether it was settled since, and whether they were told of another mention in it not long before.
SETTLED_SINCE = text("""
    SELECT resolved_at IS NOT NULL AND status_since >= :since AS settled, EXISTS (
        SELECT FROM direct_message
        WHERE direct_message.ticket_id = ticket.id AND person_id = :person AND state = 'told' AND kind = 'mentioned'
            AND settled_at > CAST(:since AS timestamptz) - interval '12 hours'
    ) AS briefed
    FROM ticket WHERE id = :ticket
""").bindparams(
    bindparam("ticket", type_=Uuid), bindparam("person", type_=Uuid), bindparam("since", type_=DateTime(timezone=True))
)

DECIDED = text("""
    SELECT id FROM approval
    WHERE ticket_id = :ticket AND state IN ('approved', 'used', 'rejected')
    ORDER BY requested_at DESC LIMIT 3
""").bindparams(bindparam("ticket", type_=Uuid))

# What comes once the clock has come to a message is told by the next one: not by both.
_BEFORE_THE_NEXT = """coalesce((
        SELECT since FROM direct_message AS following
        WHERE following.ticket_id = :ticket AND following.person_id = :person AND following.kind = 'watched'
            AND following.state = 'owed' AND following.due_at IS NOT NULL AND following.since > :since
    ), 'infinity')"""
_NEWS = (
    bindparam("ticket", type_=Uuid),
    bindparam("person", type_=Uuid),
    bindparam("since", type_=DateTime(timezone=True)),
)
WRITTEN_SINCE = text(
    with_words(f"""
    SELECT :SAID AS words, count(*) OVER () AS messages
    FROM room_entry JOIN message ON message.id = room_entry.message_id
    WHERE room_entry.ticket_id = :ticket AND room_entry.concerns AND message.direction = 'in'
        AND room_entry.moved_to IS NULL AND room_entry.at >= :since
        AND room_entry.at < {_BEFORE_THE_NEXT}
    ORDER BY room_entry.at DESC, room_entry.id DESC LIMIT 1
""")  # noqa: S608 - a constant of ours
).bindparams(*_NEWS)
MOVED_SINCE = text(f"""
    SELECT before ->> 'status' AS origin, after ->> 'status' AS status, actor_name, actor_id
    FROM activity
    WHERE stream_kind = 'ticket' AND stream_id = :ticket AND kind = 'status.changed' AND at >= :since
        AND at < {_BEFORE_THE_NEXT}
    ORDER BY seq DESC LIMIT 10
""").bindparams(*_NEWS)  # noqa: S608 - a constant of ours
TYPE_OF = text("SELECT type FROM ticket WHERE id = :ticket").bindparams(bindparam("ticket", type_=Uuid))

# The ticket of a request that somebody was told of, and that may still stand there as if it waited.
ASKED_ABOUT = text("""
    SELECT ticket_id FROM direct_message
    WHERE id = :message AND state = 'told' AND kind = 'approval' AND channel IS NOT NULL
""").bindparams(bindparam("message", type_=Uuid))
# Requests that stand in somebody's direct messages as they were when they were told.
REQUESTS = text("""
    SELECT id, about_id, channel, ts FROM direct_message
    WHERE ticket_id = :ticket AND state = 'told' AND kind = 'approval' AND channel IS NOT NULL
    ORDER BY settled_at LIMIT :most
""").bindparams(bindparam("ticket", type_=Uuid), bindparam("most", type_=Integer))
OVER = text("UPDATE direct_message SET state = 'over' WHERE id = :message AND state = 'told'").bindparams(
    bindparam("message", type_=Uuid)
)
