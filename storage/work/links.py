"""Links between tickets."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import Integer, Text, Uuid

from core.ids import new_id
from storage.database import Session
from storage.tables import ticket_link
from ticketing.collaboration.link import Link, Linked, LinkKind
from ticketing.collaboration.ports import MOST

# One lock for the whole desk: linking is rare and short, and a circle can go over any number of tickets.
_HOLD = text("SELECT pg_advisory_xact_lock(hashtext('ticket_link'))")
_ADD = insert(ticket_link).on_conflict_do_nothing()
_THIS = (bindparam("kind", type_=Text), bindparam("origin", type_=Uuid), bindparam("target", type_=Uuid))
_REMOVE = text("""
    DELETE FROM ticket_link WHERE kind = :kind AND origin_id = :origin AND target_id = :target RETURNING id
""").bindparams(*_THIS)
_OF = text("""
    SELECT link.kind, link.origin_id, link.target_id, other.id, other.number, other.subject
    FROM (
        SELECT * FROM ticket_link WHERE origin_id = :ticket
        UNION ALL
        SELECT * FROM ticket_link WHERE target_id = :ticket
    ) AS link
    JOIN ticket AS other ON other.id = CASE WHEN link.origin_id = :ticket THEN link.target_id ELSE link.origin_id END
    ORDER BY link.at, link.id LIMIT :most
""").bindparams(bindparam("ticket", type_=Uuid), bindparam("most", type_=Integer))
_LEADS = text("""
    WITH RECURSIVE reached (id) AS (
        SELECT target_id FROM ticket_link WHERE kind = :kind AND origin_id = :origin
        UNION
        SELECT link.target_id FROM reached JOIN ticket_link AS link ON link.origin_id = reached.id AND link.kind = :kind
    )
    SELECT EXISTS (SELECT FROM reached WHERE id = :target)
""").bindparams(*_THIS)
_PARENT = text("""
    SELECT parent.number FROM ticket_link AS link JOIN ticket AS parent ON parent.id = link.origin_id
    WHERE link.target_id = :ticket AND link.kind = 'parent_of'
""").bindparams(bindparam("ticket", type_=Uuid))


class Links:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def hold(self) -> None:
        await self._session.execute(_HOLD)

    async def add(self, link: Link, *, by: str, at: datetime) -> bool:
        values = {"id": new_id(), "kind": link.kind.value, "origin_id": link.origin, "target_id": link.target}
        return (await self._session.execute(_ADD, {**values, "by_name": by, "at": at})).rowcount == 1

    async def remove(self, link: Link) -> bool:
        this = {"kind": link.kind.value, "origin": link.origin, "target": link.target}
        return (await self._session.execute(_REMOVE, this)).one_or_none() is not None

    async def of(self, ticket_id: UUID, *, most: int = MOST) -> Sequence[Linked]:
        found = []
        rows = await self._session.execute(_OF, {"ticket": ticket_id, "most": most})
        for kind, origin, target, other, number, subject in rows:
            link = Link(LinkKind(kind), origin, target)
            found.append(Linked(link, link.words_from(ticket_id), other, number, subject))
        return found

    async def leads(self, kind: LinkKind, origin: UUID, target: UUID) -> bool:
        this = {"kind": kind.value, "origin": origin, "target": target}
        return bool((await self._session.execute(_LEADS, this)).scalar())

    async def parent_of(self, ticket_id: UUID) -> int | None:
        number: int | None = (await self._session.execute(_PARENT, {"ticket": ticket_id})).scalar()
        return number
