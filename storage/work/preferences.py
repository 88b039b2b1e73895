"""What people want to be told of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import DateTime, Integer, Uuid

from storage.database import Row, Session
from storage.tables import preference
from ticketing.people.preferences import ByMail, Notice, Preferences

_GET = text("""
    SELECT silenced, digest, digest_at, preference.zone, by_mail,
        (
            SELECT slack_user.zone FROM slack_user WHERE slack_user.email = person.email
            ORDER BY seen_at DESC LIMIT 1
        ) AS slack_zone
    FROM person LEFT JOIN preference ON preference.person_id = person.id
    WHERE person.id = :person
""").bindparams(bindparam("person", type_=Uuid))
_BY_MAIL = text("""
    SELECT person_id, by_mail FROM preference JOIN person ON person.id = person_id WHERE left_at IS NULL
""")
_LOCK = text("SELECT 1 FROM preference WHERE person_id = :person FOR UPDATE").bindparams(
    bindparam("person", type_=Uuid)
)
_INSERT = insert(preference)
_KEPT = ("silenced", "digest", "digest_at", "zone", "by_mail", "next_digest_at")
_SAVE = _INSERT.on_conflict_do_update(
    index_elements=[preference.c.person_id], set_={name: _INSERT.excluded[name] for name in _KEPT}
)
_DUE = text("""
    SELECT person_id FROM preference WHERE next_digest_at <= :now ORDER BY next_digest_at LIMIT :most OFFSET :skip
""").bindparams(
    bindparam("now", type_=DateTime(timezone=True)),
    bindparam("most", type_=Integer),
    bindparam("skip", type_=Integer),
)
_LOCK_DIGEST = text("SELECT next_digest_at FROM preference WHERE person_id = :person FOR UPDATE").bindparams(
    bindparam("person", type_=Uuid)
)
_KNOWN = frozenset(Notice)


def _preferences(row: Row | None) -> Preferences:
    if row is None or row.digest is None:
        return Preferences(slack_zone=row.slack_zone if row else None)
    silenced = frozenset(Notice(each) for each in row.silenced if each in _KNOWN)
    return Preferences(silenced, row.digest, row.digest_at, row.zone, ByMail(row.by_mail), row.slack_zone)


class AllPreferences:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def get(self, person_id: UUID) -> Preferences:
        return _preferences((await self._session.execute(_GET, {"person": person_id})).one_or_none())

    async def lock(self, person_id: UUID) -> Preferences:
        await self._session.execute(_LOCK, {"person": person_id})
        return await self.get(person_id)

    async def save(self, person_id: UUID, preferences: Preferences, *, next_digest: datetime | None) -> None:
        values = {
            "person_id": person_id,
            "silenced": sorted(preferences.silenced),
            "digest": preferences.digest,
            "digest_at": preferences.digest_at,
            "zone": preferences.zone,
            "by_mail": preferences.by_mail.value,
            "next_digest_at": next_digest,
        }
        await self._session.execute(_SAVE, values)

    async def by_mail(self) -> Mapping[UUID, ByMail]:
        return {row.person_id: ByMail(row.by_mail) for row in await self._session.execute(_BY_MAIL)}

    async def due_digests(self, now: datetime, *, most: int, skip: int = 0) -> Sequence[UUID]:
        rows = await self._session.execute(_DUE, {"now": now, "most": most, "skip": skip})
        return [row.person_id for row in rows]

    async def lock_digest(self, person_id: UUID) -> tuple[Preferences, datetime | None]:
        planned: datetime | None = (await self._session.execute(_LOCK_DIGEST, {"person": person_id})).scalar()
        return await self.get(person_id), planned
