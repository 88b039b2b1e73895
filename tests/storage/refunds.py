"""A refund that needs an approval, and what tests do with it."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta

from tests.playbooks import RESOLVED, InForce
from tests.storage.desk import DeskAtWork
from ticketing.approvals.approval import Approval, Verdict
from ticketing.approvals.carry_on import carry_on
from ticketing.people.person import Person
from ticketing.tickets.ticket import Stored, Ticket

DAY = timedelta(days=1)


@dataclass
class Refund:
    """Mia wants to give 250 back; Sara and Omar supervise, Ada is an admin."""

    at_work: DeskAtWork
    playbooks: InForce
    ticket: Ticket
    mia: Person
    sara: Person
    omar: Person
    ada: Person

    async def set(self, **fields: Stored) -> None:
        """What fields hold now, and the ticket's version with them."""
        for key, value in fields.items():
            await self.at_work.rows_changed(
                "UPDATE ticket SET fields = fields || jsonb_build_object(CAST(:key AS text), CAST(:value AS text)),"
                " version = version + 1 WHERE id = :id",
                key=key,
                value=value,
                id=self.ticket.id,
            )

    async def ask(self, why: str = "It arrived broken.", *, action: str | None = None) -> Approval:
        return await self.at_work.desk.request_approval(self.ticket.id, RESOLVED, why, by=self.mia, action=action)

    async def approve(self, asked: Approval, by: Person) -> Approval:
        return await self.at_work.desk.decide(asked.id, Verdict.APPROVE, by=by)

    async def go_on(self, asked: Approval) -> None:
        await carry_on(asked.id, start=self.at_work.start, now=self.at_work.now)

    async def status(self) -> str:
        (row,) = await self.at_work.rows("SELECT status FROM ticket WHERE id = :id", id=self.ticket.id)
        return str(row.status)

    async def stored(self, asked: Approval) -> Approval:
        return await self.at_work.desk.approval(asked.id)

    async def records(self, kind: str) -> list[dict[str, object]]:
        rows = await self.at_work.rows(
            "SELECT after, actor_name FROM activity WHERE kind = :kind AND stream_id = :id ORDER BY seq",
            kind=kind,
            id=self.ticket.id,
        )
        return [{**row.after, "by": row.actor_name} for row in rows]


async def outcomes(*deeds: Awaitable[object]) -> list[str]:
    """What each of them came to, all begun at once: "" or the name of its refusal; sorted."""
    done = await asyncio.gather(*deeds, return_exceptions=True)
    return sorted(type(each).__name__ if isinstance(each, BaseException) else "" for each in done)
