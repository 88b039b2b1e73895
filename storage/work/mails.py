"""What mails say beyond their words."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import BigInteger, Boolean, DateTime, Text, Uuid

from core.messages import MOST_COPIES, Letter, Party
from storage.database import Row, Session
from storage.tables import participant, possible_match
from storage.work.mail_flow import ADD_MAIL, ANSWER_BY_MACHINE, GOT
from ticketing.mails.belong import Candidate, Hint, Possible
from ticketing.mails.ports import ANSWERS_WITHIN, FLOOD, FLOOD_WITHIN, MOST_ANSWERS, Got, Heard, Match, ThreadEnd

_MOST_REFERENCES = 50  # of a mail that names hundreds, the nearest
_MOST_OURS = 20
_LONG_AGO = datetime.min.replace(year=1970, tzinfo=UTC)

# A conversation that was found to be another one is that one, whatever is signed for it.
_CANDIDATES = text("""
    WITH hint AS (
        SELECT 1 AS rank, 0 AS place, id AS conversation_id FROM conversation WHERE id = :conversation
        UNION ALL
        SELECT 2, array_position(:ours, id), conversation_id FROM message WHERE id = ANY(:ours) AND direction = 'out'
        UNION ALL
        SELECT 3, array_position(:refs, mail.mail_id), message.conversation_id
        FROM mail JOIN message ON message.id = mail.message_id WHERE mail.mail_id = ANY(:refs)
        UNION ALL
        SELECT 4, 0, conversation_id FROM ticket WHERE number = :number
    )
    SELECT hint.rank, conversation.id,
        EXISTS (
            SELECT FROM participant WHERE participant.conversation_id = conversation.id AND address = :address
        ) AS takes_part,
        EXISTS (
            SELECT FROM possible_match AS open WHERE open.conversation_id = conversation.id AND open.same IS NULL
        ) AS undecided
    FROM hint
    LEFT JOIN possible_match ON possible_match.conversation_id = hint.conversation_id AND possible_match.same
    JOIN conversation ON conversation.id = coalesce(possible_match.target_id, hint.conversation_id)
    WHERE conversation.channel = :channel
    ORDER BY hint.rank, hint.place LIMIT 20
""").bindparams(
    bindparam("conversation", type_=Uuid),
    bindparam("ours", type_=ARRAY(Uuid)),
    bindparam("refs", type_=ARRAY(Text)),
    bindparam("number", type_=BigInteger),
    bindparam("address", type_=Text),
    bindparam("channel", type_=Text),
)
_HINTS = {1: Hint.ADDRESS, 2: Hint.ANSWER, 3: Hint.ANSWER, 4: Hint.SUBJECT}
_MOST_NUMBER = 2**63 - 1

_TAKES_PART = select(participant.c.address).where(
    participant.c.conversation_id == bindparam("conversation"), participant.c.address == bindparam("address")
)
_TAKE_PART = insert(participant).on_conflict_do_nothing()
_OFFER_MATCH = insert(possible_match).on_conflict_do_nothing()
_MATCH = text("""
    SELECT conversation_id, target_id, why, same, decided_by FROM possible_match WHERE conversation_id = :conversation
""").bindparams(bindparam("conversation", type_=Uuid))
_DECIDE = text("""
    UPDATE possible_match SET same = :same, decided_by = :by, decided_at = :at WHERE conversation_id = :conversation
""").bindparams(
    bindparam("conversation", type_=Uuid),
    bindparam("same", type_=Boolean),
    bindparam("at", type_=DateTime(timezone=True)),
)
_AIM_ANEW = text("""
    UPDATE possible_match SET target_id = :into WHERE target_id = :conversation RETURNING conversation_id, same
""").bindparams(bindparam("conversation", type_=Uuid), bindparam("into", type_=Uuid))
# Who wrote a message stays visible, unless it is the customer of the conversation that it comes to.
_MOVE = text("""
    WITH named AS (
        SELECT message.id, mail.sender, mail.sender_name, lower(mail.sender) = lower(target.address)
                OR message.author_address IS NULL AND lower(own.address) = lower(target.address) AS theirs
        FROM message
        JOIN mail ON mail.message_id = message.id
        JOIN conversation AS own ON own.id = message.conversation_id
        JOIN conversation AS target ON target.id = :into
        WHERE message.conversation_id = :conversation AND message.direction = 'in'
    )
    UPDATE message SET conversation_id = :into,
        author_address = CASE WHEN NOT named.theirs THEN named.sender END,
        author_name = CASE WHEN NOT named.theirs THEN coalesce(named.sender_name, named.sender) END
    FROM named WHERE message.id = named.id
    RETURNING message.id, message.at, message.triaged
""").bindparams(bindparam("conversation", type_=Uuid), bindparam("into", type_=Uuid))
_BRING_ALONG = text("""
    INSERT INTO participant (conversation_id, address, name, since)
    SELECT DISTINCT ON (lower(found.address)) :into, lower(found.address), found.name, :at
    FROM message JOIN mail ON mail.message_id = message.id
    CROSS JOIN LATERAL (
        SELECT mail.sender AS address, mail.sender_name AS name
        UNION ALL
        SELECT each ->> 0, each ->> 1 FROM jsonb_array_elements(mail.recipients || mail.copies) AS each
        WHERE mail.verified
    ) AS found
    WHERE message.conversation_id = :conversation AND mail.automatic IS NULL
    ON CONFLICT DO NOTHING
""").bindparams(
    bindparam("conversation", type_=Uuid),
    bindparam("into", type_=Uuid),
    bindparam("at", type_=DateTime(timezone=True)),
)

# Somebody who joined a conversation has mails that name none of those before: its first one keeps all in one thread.
_NEWEST = text("""
    SELECT message.at, mail.refs, mail.mail_id, conversation.address,
        (SELECT first.mail_id FROM message AS began JOIN mail AS first ON first.message_id = began.id
         WHERE began.conversation_id = :conversation AND began.direction = 'in'
         ORDER BY began.at, began.id LIMIT 1) AS first_id,
        (SELECT jsonb_agg(jsonb_build_array(address, name) ORDER BY since, address)
         FROM participant
         WHERE participant.conversation_id = :conversation AND address <> lower(conversation.address)
             AND address IN (
                SELECT lower(message.author_address)
                UNION SELECT lower(each ->> 0) FROM jsonb_array_elements(mail.recipients || mail.copies) AS each
             )) AS cc
    FROM message
    JOIN mail ON mail.message_id = message.id
    JOIN conversation ON conversation.id = message.conversation_id
    WHERE message.conversation_id = :conversation AND message.direction = 'in' AND mail.automatic IS NULL
    ORDER BY message.at DESC, message.id DESC LIMIT 1
""").bindparams(bindparam("conversation", type_=Uuid))
_OURS_SINCE = text("""
    SELECT id FROM (
        SELECT id, at FROM message
        WHERE conversation_id = :conversation AND direction = 'out' AND at > :since AND id <> :before
            AND at <= (SELECT at FROM message WHERE id = :before)
            AND delivery IN ('sent', 'delivered', 'read', 'unknown')
        ORDER BY at DESC LIMIT :most
    ) AS newest ORDER BY at
""").bindparams(
    bindparam("conversation", type_=Uuid),
    bindparam("since", type_=DateTime(timezone=True)),
    bindparam("before", type_=Uuid),
)


class Mails:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def candidates(self, letter: Letter, channel: str) -> Sequence[Candidate]:
        number = letter.number if letter.number is not None and letter.number <= _MOST_NUMBER else None
        if not (letter.conversation or letter.ours or letter.references or number):
            return ()
        named = {
            "conversation": letter.conversation,
            "ours": list(letter.ours),
            "refs": list(reversed(letter.references[-_MOST_REFERENCES:])),
            "number": number,
        }
        of = {"address": letter.sender.address.lower(), "channel": channel}
        rows = await self._session.execute(_CANDIDATES, named | of)
        return [Candidate(_HINTS[row.rank], row.id, row.takes_part, row.undecided) for row in rows]

    async def add(self, message_id: UUID, letter: Letter, *, channel: str, at: datetime) -> Heard:
        values = {
            "message_id": message_id,
            "event": letter.event,
            "mail_id": letter.id,
            "refs": list(letter.references),
            "subject": letter.subject,
            "sender": letter.sender.address,
            "sender_name": letter.sender.name,
            "recipients": _pairs(letter.to),
            "copies": _pairs(letter.cc),
            "verified": letter.verified,
            "proof": letter.proof,
            "automatic": letter.automatic,
            "whole": letter.whole,
        }
        counted = {"channel": channel, "address": letter.sender.address.lower(), "at": at}
        bounds = {"since": at - FLOOD_WITHIN, "most": FLOOD + 2}
        row = (await self._session.execute(ADD_MAIL, values | counted | bounds)).one()
        return Heard(row.mails, row.lifted)

    async def answer_by_machine(self, channel: str, address: str, *, at: datetime) -> bool:
        counted = {"channel": channel, "address": address.lower(), "at": at}
        bounds = {"since": at - ANSWERS_WITHIN, "most": MOST_ANSWERS}
        return (await self._session.execute(ANSWER_BY_MACHINE, counted | bounds)).one_or_none() is not None

    async def takes_part(self, conversation_id: UUID, address: str) -> bool:
        of = {"conversation": conversation_id, "address": address.lower()}
        return (await self._session.execute(_TAKES_PART, of)).one_or_none() is not None

    async def got(self, conversation_id: UUID, address: str, mail_id: str, *, since: datetime) -> Got:
        of = {"conversation": conversation_id, "address": address.lower(), "mail": mail_id, "since": since}
        row = (await self._session.execute(GOT, of)).one()
        return Got(row.wrote, row.answered)

    async def take_part(self, conversation_id: UUID, parties: Sequence[Party], *, at: datetime) -> None:
        for address, name in {each.address.lower(): each.name for each in reversed(parties)}.items():
            row = {"conversation_id": conversation_id, "address": address, "name": name, "since": at}
            await self._session.execute(_TAKE_PART, row)

    async def thread_end(self, conversation_id: UUID, *, before: UUID | None) -> ThreadEnd:
        row: Row | None = (await self._session.execute(_NEWEST, {"conversation": conversation_id})).one_or_none()
        since = row.at if row else _LONG_AGO
        place = {"conversation": conversation_id, "since": since, "before": before, "most": _MOST_OURS}
        ours = tuple([each.id for each in await self._session.execute(_OURS_SINCE, place)] if before else ())
        if row is None:
            return ThreadEnd((), ours, ())
        named = (*row.refs, row.mail_id) if row.mail_id else tuple(row.refs)
        references = (row.first_id, *named) if row.first_id and row.first_id not in named else named
        reading = tuple(Party(address, name) for address, name in row.cc or ())
        return ThreadEnd(references, ours, reading[:MOST_COPIES], reading[MOST_COPIES:])

    async def offer_match(self, conversation_id: UUID, possible: Possible, *, at: datetime) -> None:
        row = {"conversation_id": conversation_id, "target_id": possible.conversation_id, "why": possible.why, "at": at}
        await self._session.execute(_OFFER_MATCH, row)

    async def match(self, conversation_id: UUID) -> Match | None:
        row = (await self._session.execute(_MATCH, {"conversation": conversation_id})).one_or_none()
        return Match(*row) if row else None

    async def decide_match(self, conversation_id: UUID, *, same: bool, by: str, at: datetime) -> None:
        decision = {"conversation": conversation_id, "same": same, "by": by, "at": at}
        await self._session.execute(_DECIDE, decision)

    async def join(self, conversation_id: UUID, into: UUID, *, at: datetime) -> UUID | None:
        both = {"conversation": conversation_id, "into": into}
        await self._session.execute(_BRING_ALONG, both | {"at": at})
        moved = await self._session.execute(_MOVE, both)
        waiting = [(row.at, row.id) for row in moved if not row.triaged]
        return max(waiting)[1] if waiting else None

    async def aim_anew(self, conversation_id: UUID, into: UUID) -> Sequence[UUID]:
        rows = await self._session.execute(_AIM_ANEW, {"conversation": conversation_id, "into": into})
        return [row.conversation_id for row in rows if row.same is None]


def _pairs(parties: Sequence[Party]) -> list[list[Any]]:
    return [[each.address, each.name] for each in parties]
