"""Customers as people look at them: a profile, a timeline, a search. Reads only."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from core.errors import NotFound
from core.messages import Delivery
from storage.database import Database, Row, Session
from storage.playbooks import Playbooks
from storage.queries import customers as sql
from storage.work.customers import Customers
from ticketing.conversations.conversation import Direction, State
from ticketing.customers.customer import Reason
from ticketing.customers.profile import (
    CustomerLine,
    PastMerge,
    Profile,
    ProfileConversation,
    ProfileTicket,
    TimelineMessage,
)
from ticketing.playbook.playbook import Playbook
from ticketing.triage.suggestion import Priority

_LAST_ID = UUID(int=2**128 - 1)
_MOST_TICKETS, _MOST_CONVERSATIONS, _MOST_MERGES = 10, 10, 10
_WORD = re.compile(r"\w+")
_LARGEST_NUMBER = 2**31 - 1


class SqlCustomers:
    """The storage side of `bot.ports.Customers`. Each method is a few single statements."""

    def __init__(self, database: Database, playbooks: Playbooks) -> None:
        self._database = database
        self._playbooks = playbooks

    async def profile(self, customer_id: UUID, *, now: datetime, messages: int = 8) -> Profile:
        """Of who this customer is by now. Raises NotFound."""
        async with self._database.single() as session:
            customer_id = await _survivor(session, customer_id)
            work, asked = Customers(session), {"customer": customer_id, "most": _MOST_TICKETS}
            open_tickets = await session.execute(sql.OPEN_TICKETS, asked)
            newest_tickets = await session.execute(sql.NEWEST_TICKETS, asked)
            playbook = await self._playbooks.current(session)
            return Profile(
                customer=await work.get(customer_id),
                identities=tuple(await work.identities(customer_id)),
                open_tickets=tuple(_ticket(row, playbook) for row in open_tickets),
                newest_tickets=tuple(_ticket(row, playbook) for row in newest_tickets),
                conversations=tuple(
                    map(_conversation, await session.execute(sql.CONVERSATIONS, asked | {"most": _MOST_CONVERSATIONS}))
                ),
                messages=tuple(await _timeline(session, customer_id, now + timedelta(days=1), _LAST_ID, messages)),
                merges=tuple(map(_merge, await session.execute(sql.MERGES, asked | {"most": _MOST_MERGES}))),
            )

    async def timeline(
        self, customer_id: UUID, *, before: tuple[datetime, UUID], most: int = 50
    ) -> Sequence[TimelineMessage]:
        """Messages on all channels that came before this one (its instant and id), newest first.

        Of who this customer is by now. Raises NotFound.
        """
        async with self._database.single() as session:
            return await _timeline(session, await _survivor(session, customer_id), *before, most)

    async def of_conversation(self, conversation_id: UUID) -> UUID:
        """Whose conversation it is. Raises NotFound."""
        async with self._database.single() as session:
            found = await session.execute(sql.OF_CONVERSATION, {"conversation": conversation_id})
            if (row := found.one_or_none()) is None:
                raise NotFound("There is no such conversation.")
            customer_id: UUID = row.customer_id
            return customer_id

    async def page(self, *, before: UUID | None = None, most: int = 50) -> Sequence[CustomerLine]:
        """All customers, the newest first; `before`: the last one of the page before."""
        async with self._database.single() as session:
            return [_line(row) for row in await session.execute(sql.PAGE, {"before": before or _LAST_ID, "most": most})]

    async def search(self, said: str, *, most: int = 20) -> Sequence[CustomerLine]:
        """By words of the name or their beginnings, the beginning of an address, a phone number, "#12", or an id."""
        said = said.strip()
        async with self._database.single() as session:
            found = await _found(session, said, most)
            rows = await session.execute(sql.LINES, {"customers": list(found)})
            return [_line(row) for row in rows][:most]


def _ticket(row: Row, playbook: Playbook) -> ProfileTicket:
    values = row.as_dict()
    opened = values.pop("created_at")
    status, priority = (
        playbook.lifecycle(values.pop("type")).status(values.pop("status")),
        Priority(values.pop("priority")),
    )
    return ProfileTicket(**values, status=status, priority=priority, opened_at=opened)


async def _survivor(session: Session, customer_id: UUID) -> UUID:
    row = (await session.execute(sql.SURVIVOR, {"customer": customer_id})).one_or_none()
    if row is None:
        raise NotFound("There is no such customer.")
    survivor: UUID = row.id
    return survivor


async def _found(session: Session, said: str, most: int) -> set[UUID]:
    """Customers, some of whom may have become others."""
    try:
        return {await _survivor(session, UUID(said))}
    except (ValueError, NotFound):
        pass
    channel, _, rest = said.partition(":")
    address = rest if rest and channel.isalpha() else said.replace(" ", "") if said.startswith("+") else said
    rows: list[Row] = []
    if len(address) >= 3:
        # In the order of bytes, as the index has it, whatever the language of the database.
        asked = {"start": address, "end": address + "\U0010ffff", "most": most}
        rows += await session.execute(sql.BY_ADDRESS, asked)
        rows += await session.execute(sql.BY_CONTACT, {"contact": address})
    number = said.removeprefix("#")
    if number.isdecimal() and len(number) < 10 and int(number) <= _LARGEST_NUMBER:
        rows += await session.execute(sql.BY_TICKET, {"number": int(number)})
    if words := _WORD.findall(said)[:8]:
        rows += await session.execute(sql.BY_NAME, {"words": " & ".join(f"{w}:*" for w in words), "most": most})
    return {row.id for row in rows}


async def _timeline(
    session: Session, customer_id: UUID, before: datetime, before_id: UUID, most: int
) -> Sequence[TimelineMessage]:
    asked = {"customer": customer_id, "before": before, "before_id": before_id, "most": most}
    return [
        TimelineMessage(
            row.id,
            row.conversation_id,
            row.channel,
            Direction(row.direction),
            row.author_name,
            row.text,
            row.at,
            Delivery(row.delivery),
        )
        for row in await session.execute(sql.TIMELINE, asked)
    ]


def _conversation(row: Row) -> ProfileConversation:
    return ProfileConversation(**row.as_dict() | {"state": State(row.state)})


def _merge(row: Row) -> PastMerge:
    return PastMerge(**row.as_dict() | {"reason": Reason(row.reason)})


def _line(row: Row) -> CustomerLine:
    return CustomerLine(row.id, row.name, row.tier, tuple(row.addresses or ()), row.created_at)
