"""Messages, in and out."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, func, literal_column, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import DateTime, Text, Uuid

from core.errors import NotFound
from core.ids import new_id
from core.messages import Button, Delivery, Party, SentCopy
from storage.database import Row, Session
from storage.queries.words import with_words
from storage.tables import conversation, mail, message, room_entry, switch
from ticketing.conversations.conversation import Direction, Message, Revision, TemplateSent
from ticketing.conversations.ports import LedToIt, Waiting
from ticketing.triage.suggestion import BurstMessage

MOST_LED_TO_IT = 50  # messages before a ticket that its room tells
MOST_AT_ONCE = 200  # messages understood together; a flood takes more rounds

_ADD = insert(message).on_conflict_do_nothing()
_SELECT = select(*(message.c[field.name] for field in fields(Message)))
_GET = _SELECT.where(message.c.id == bindparam("message"))
_LOCKED = _SELECT.with_for_update(key_share=True)
_LOCK = _LOCKED.where(message.c.id == bindparam("message"))
_FIRST = select(func.coalesce(message.c.part_of, message.c.id)).where(message.c.id == bindparam("message"))
# In their order, by everybody: that is what keeps two who undo the same reply from waiting for each other.
_LOCK_PARTS = _LOCKED.where(
    or_(message.c.id == _FIRST.scalar_subquery(), message.c.part_of == _FIRST.scalar_subquery())
).order_by(message.c.at, message.c.id)
_BY_REQUEST = _SELECT.where(message.c.request == bindparam("wanted"))
_REPLIED_SINCE = (
    _SELECT.where(
        message.c.conversation_id == bindparam("conversation"),
        message.c.at > bindparam("since"),
        message.c.direction == literal_column("'out'"),
        message.c.delivery != literal_column("'withdrawn'"),
        message.c.author_id.is_not(None),  # what no person wrote answers nobody
        message.c.author_id.is_distinct_from(bindparam("but")),  # null: whoever it was
    )
    .order_by(message.c.at.desc())
    .limit(1)
)
_LOCK_BY_KEY = _LOCKED.where(message.c.key == bindparam("wanted"))
_BY_KEY = _SELECT.where(message.c.key == bindparam("wanted"))
_WAITED = timedelta(days=2)  # a reply waits a day at most before it is sent
_CLOCKS_DIFFER = timedelta(seconds=10)  # the provider's and ours, at most
_UNACCOUNTED = (
    _SELECT.join(conversation, conversation.c.id == message.c.conversation_id)
    .where(
        conversation.c.channel == bindparam("channel"),
        conversation.c.account == bindparam("account"),
        conversation.c.address == bindparam("recipient"),
        message.c.direction == literal_column("'out'"),
        message.c.at > bindparam("after"),
        message.c.delivery.in_([literal_column("'sending'"), literal_column("'unknown'")]),
        message.c.key.is_(None),
        message.c.text == bindparam("words"),
        message.c.sending_since <= bindparam("before"),
    )
    .order_by((message.c.delivery == literal_column("'sending'")).desc(), message.c.sending_since.desc())
    .limit(1)
)
_ON_ITS_WAY = (
    "delivery",
    "key",
    "request",
    "error",
    "next_status",
    "sending_job",
    "sending_since",
    "note",
    "resendable",
    "text",
    "template",
)
_SAVE_DELIVERY = (
    update(message)
    .where(message.c.id == bindparam("message"))
    .values({name: bindparam(f"new_{name}") for name in _ON_ITS_WAY})
)
_SHOW_AGAIN = update(room_entry).where(room_entry.c.message_id == bindparam("message")).values(needs_showing=True)
# The message is locked, so nobody else keeps the same words at this moment.
_KEEP_WORDS = text("""
    INSERT INTO message_revision (id, message_id, at, text, answered_by)
    SELECT :id, :message, :at, :text, :answered_by
    WHERE NOT EXISTS (
        SELECT FROM message_revision WHERE message_id = :message AND at = :at AND text = :text
    )
    RETURNING id
""").bindparams(
    bindparam("id", type_=Uuid),
    bindparam("message", type_=Uuid),
    bindparam("at", type_=DateTime(timezone=True)),
    bindparam("text", type_=Text),
    bindparam("answered_by", type_=Text),
)
_CHANGE_WORDS = (
    update(message)
    .where(message.c.id == bindparam("message"))
    .values(
        text=bindparam("new_text"),
        edited_at=bindparam("new_edited_at"),
        edited_after_answer=bindparam("new_edited_after_answer"),
    )
)
_ANSWERED = (
    select(message.c.author_name)
    .where(
        message.c.conversation_id == bindparam("conversation"),
        message.c.direction == literal_column("'out'"),
        message.c.at > bindparam("since"),
        message.c.at <= bindparam("until"),
        message.c.author_id.is_not(None),
        message.c.delivery.not_in([literal_column("'withdrawn'"), literal_column("'failed'")]),
    )
    .order_by(message.c.at.desc())
    .limit(1)
)
# What is asked of the outbox names its index's condition as it stands there.
_STANDS_BEHIND = text("""
    SELECT EXISTS (
        SELECT FROM message
        WHERE conversation_id = :conversation AND direction = 'out' AND delivery IN ('pending', 'sending')
            AND at > :since AND (at, id) < (:at, :message)
            AND (delivery = 'pending' OR sending_since > :sending_since)
    )
""").bindparams(
    bindparam("conversation", type_=Uuid),
    bindparam("message", type_=Uuid),
    *(bindparam(name, type_=DateTime(timezone=True)) for name in ("at", "since", "sending_since")),
)
# One that was sent again has arrived by that, or says so itself.
_BROKEN_OFF = text("""
    SELECT EXISTS (
        SELECT FROM message AS part
        WHERE (part.id = :first OR part.part_of = :first) AND (part.at, part.id) < (:at, :message)
            AND part.delivery = 'failed'
            AND NOT EXISTS (SELECT FROM message AS again WHERE again.request = 'again:' || part.id)
    )
""").bindparams(
    bindparam("first", type_=Uuid), bindparam("message", type_=Uuid), bindparam("at", type_=DateTime(timezone=True))
)
_WROTE_LAST = text(
    with_words("""
    SELECT direction = 'in' AS theirs FROM message
    WHERE conversation_id = :conversation AND delivery NOT IN ('withdrawn', 'failed')
        AND (request IS NULL OR request NOT LIKE 'acknowledged:%') AND :FOR_THEMSELVES
    ORDER BY at DESC, id DESC LIMIT 1
""")
).bindparams(bindparam("conversation", type_=Uuid))
_IN_OUTBOX = text("direction = 'out' AND delivery IN ('pending', 'sending') AND delivery = 'pending'")
_FIRST_WAITING = (
    _SELECT.where(message.c.conversation_id == bindparam("conversation"), _IN_OUTBOX)
    .order_by(message.c.at, message.c.id)
    .limit(1)
)
_AI_IS_ON = select(switch.c.is_on).where(switch.c.name == literal_column("'ai'")).scalar_subquery().label("ai_is_on")
_AUTHOR = func.coalesce(message.c.author_address, message.c.author_name).label("author")
_WAITING = (
    select(conversation.c.version, message.c.id, message.c.text, message.c.at, _AUTHOR, _AI_IS_ON)
    .join(conversation, conversation.c.id == message.c.conversation_id)
    .where(message.c.conversation_id == bindparam("conversation"), ~message.c.triaged)
    .order_by(message.c.at, message.c.id)
    .limit(MOST_AT_ONCE)
)
_TRIAGED = update(message).where(message.c.id == any_(bindparam("messages", type_=ARRAY(Uuid)))).values(triaged=True)
_ALL_TRIAGED = (
    update(message)
    .where(message.c.conversation_id == bindparam("conversation"), ~message.c.triaged)
    .values(triaged=True)
)
_TICKETS_OF = (
    select(room_entry.c.ticket_id)
    .where(room_entry.c.message_id == bindparam("message"), room_entry.c.moved_to.is_(None))
    .order_by(room_entry.c.id)
)

_UNTICKETED = (
    select(message.c.id, mail.c.automatic.is_not(None).label("by_machine"))
    .join(mail, mail.c.message_id == message.c.id, isouter=True)
    .where(
        message.c.conversation_id == bindparam("conversation"),
        message.c.at >= bindparam("since"),
        ~select(room_entry.c.id).where(room_entry.c.message_id == message.c.id).exists(),
    )
    .order_by(message.c.at.desc(), message.c.id.desc())
    .limit(MOST_LED_TO_IT)
)


def _message(row: Row) -> Message:
    values = row.as_dict()
    values["direction"] = Direction(values["direction"])
    values["delivery"] = Delivery(values["delivery"])
    values["buttons"] = tuple(Button(*each) for each in values["buttons"])
    values["template"] = TemplateSent(**values["template"]) if values["template"] else None
    values["cc"] = tuple(Party(*each) for each in values["cc"]) if values["cc"] is not None else None
    return Message(**values)


def _template(new: Message) -> dict[str, Any] | None:
    if new.template is None:
        return None
    return {"id": new.template.id, "name": new.template.name, "variables": dict(new.template.variables)}


class Messages:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, new: Message) -> bool:
        values = {field.name: getattr(new, field.name) for field in fields(Message)}
        values |= {"direction": new.direction.value, "delivery": new.delivery.value, "template": _template(new)}
        values["buttons"] = [[button.label, button.data] for button in new.buttons]
        values["cc"] = [[each.address, each.name] for each in new.cc] if new.cc is not None else None
        return (await self._session.execute(_ADD, values)).rowcount == 1

    async def lock(self, message_id: UUID) -> Message:
        row = (await self._session.execute(_LOCK, {"message": message_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such message.")
        return _message(row)

    async def get(self, message_id: UUID) -> Message:
        row = (await self._session.execute(_GET, {"message": message_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such message.")
        return _message(row)

    async def lock_parts(self, message_id: UUID) -> Sequence[Message]:
        rows = (await self._session.execute(_LOCK_PARTS, {"message": message_id})).all()
        if not rows:
            raise NotFound("There is no such message.")
        return [_message(row) for row in rows]

    async def lock_by_key(self, key: str) -> Message | None:
        row = (await self._session.execute(_LOCK_BY_KEY, {"wanted": key})).one_or_none()
        return _message(row) if row else None

    async def by_key(self, key: str) -> Message | None:
        row = (await self._session.execute(_BY_KEY, {"wanted": key})).one_or_none()
        return _message(row) if row else None

    async def unaccounted(self, copy: SentCopy, channel: str) -> Message | None:
        where = {"channel": channel, "account": copy.account, "recipient": copy.recipient}
        when = {"after": copy.at - _WAITED, "before": copy.at + _CLOCKS_DIFFER}
        found = await self._session.execute(_UNACCOUNTED, where | when | {"words": copy.text})
        row = found.one_or_none()
        return _message(row) if row else None

    async def revise(self, changed: Message, earlier: Revision | None) -> bool:
        if earlier is not None and not await self._keep(earlier):
            return False
        names = ("text", "edited_at", "edited_after_answer")
        new = {f"new_{name}": getattr(changed, name) for name in names}
        await self._session.execute(_CHANGE_WORDS, {"message": changed.id} | new)
        await self._session.execute(_SHOW_AGAIN, {"message": changed.id})
        return True

    async def _keep(self, earlier: Revision) -> bool:
        words = {"message": earlier.message_id, "at": earlier.at, "text": earlier.text}
        kept = {"id": new_id(), "answered_by": earlier.answered_by} | words
        return (await self._session.execute(_KEEP_WORDS, kept)).one_or_none() is not None

    async def answered(self, conversation_id: UUID, *, since: datetime, until: datetime) -> str | None:
        asked = {"conversation": conversation_id, "since": since, "until": until}
        row = (await self._session.execute(_ANSWERED, asked)).one_or_none()
        return row.author_name if row else None

    async def by_request(self, request: str) -> Message | None:
        row = (await self._session.execute(_BY_REQUEST, {"wanted": request})).one_or_none()
        return _message(row) if row else None

    async def replied_since(self, conversation_id: UUID, since: datetime, *, but: UUID | None) -> Message | None:
        asked = {"conversation": conversation_id, "since": since, "but": but}
        row = (await self._session.execute(_REPLIED_SINCE, asked)).one_or_none()
        return _message(row) if row else None

    async def save_delivery(self, changed: Message) -> None:
        new = {f"new_{name}": getattr(changed, name) for name in _ON_ITS_WAY}
        new |= {"new_delivery": changed.delivery.value, "new_template": _template(changed)}
        await self._session.execute(_SAVE_DELIVERY, {"message": changed.id} | new)
        await self._session.execute(_SHOW_AGAIN, {"message": changed.id})

    async def stands_behind(self, of: Message, *, since: datetime, sending_since: datetime) -> bool:
        place = {"conversation": of.conversation_id, "at": of.at, "message": of.id}
        asked = place | {"since": since, "sending_since": sending_since}
        return bool((await self._session.execute(_STANDS_BEHIND, asked)).scalar())

    async def broken_off(self, of: Message) -> bool:
        if of.part_of is None:
            return False
        place = {"first": of.part_of, "at": of.at, "message": of.id}
        return bool((await self._session.execute(_BROKEN_OFF, place)).scalar())

    async def first_waiting(self, conversation_id: UUID) -> Message | None:
        row = (await self._session.execute(_FIRST_WAITING, {"conversation": conversation_id})).one_or_none()
        return _message(row) if row else None

    async def customer_wrote_last(self, conversation_id: UUID) -> bool:
        row = (await self._session.execute(_WROTE_LAST, {"conversation": conversation_id})).one_or_none()
        return row is not None and bool(row.theirs)

    async def waiting_for_triage(self, conversation_id: UUID) -> Waiting | None:
        rows = (await self._session.execute(_WAITING, {"conversation": conversation_id})).all()
        if not rows:
            return None
        return Waiting(rows[0].version, tuple(BurstMessage(*row[1:5]) for row in rows), rows[0].ai_is_on)

    async def mark_triaged(self, message_ids: Collection[UUID]) -> None:
        await self._session.execute(_TRIAGED, {"messages": list(message_ids)})

    async def mark_all_triaged(self, conversation_id: UUID) -> None:
        await self._session.execute(_ALL_TRIAGED, {"conversation": conversation_id})

    async def tickets_of(self, message_id: UUID) -> Sequence[UUID]:
        rows = await self._session.execute(_TICKETS_OF, {"message": message_id})
        return [row.ticket_id for row in rows]

    async def unticketed(self, conversation_id: UUID, *, since: datetime) -> LedToIt:
        found = await self._session.execute(_UNTICKETED, {"conversation": conversation_id, "since": since})
        rows = found.all()[::-1]
        said = tuple(row.id for row in rows if not row.by_machine)
        return LedToIt(said, tuple(row.id for row in rows if row.by_machine))
