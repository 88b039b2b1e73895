"""What people of an office are told by themselves: planned by what happens, told when a test wants it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bot.telling import tell_person
from core.events import Event
from core.instants import utc_now
from emulators.slack import Person, as_text
from sla.calendar import ALWAYS_OPEN
from storage.database import Database
from storage.digests import SqlDigests
from storage.direct_messages import SqlDirectMessages
from storage.homes import SqlHomes
from storage.jobs.enqueue import NewJob
from storage.playbooks import Playbooks
from tests.bot.office import Office
from ticketing.direct_messages import plan
from ticketing.tickets.events import (
    ApprovalChanged,
    AutonomyMoved,
    ColleagueMentioned,
    DirectMessageDue,
    MessageAttributed,
    StatusChanged,
    TicketAssigned,
    TicketEscalated,
    TicketHandedOff,
    TicketOpened,
)


@dataclass
class Letterbox:
    heard: list[Event] = field(default_factory=list)
    due: list[DirectMessageDue] = field(default_factory=list)
    office: Office = field(init=False)
    messages: SqlDirectMessages = field(init=False)
    digests: SqlDigests = field(init=False)

    def open(self, office: Office, store: Database, playbooks: Playbooks) -> None:
        """In this office, whose playbook is that."""
        self.office, self.messages = office, SqlDirectMessages(store, playbooks, office.rooms)
        homes = SqlHomes(store, playbooks)
        self.digests = SqlDigests(store, playbooks, homes, hours=ALWAYS_OPEN, zone=UTC)

    def route(self, event: Event) -> Sequence[NewJob]:
        (self.due if isinstance(event, DirectMessageDue) else self.heard).append(event)  # type: ignore[arg-type]
        return ()

    async def plan(self, *, later: timedelta = timedelta(minutes=1)) -> list[DirectMessageDue]:
        """What follows from what has happened; what is to be told `later`."""
        heard, self.heard = self.heard, []
        for event in heard:
            await self.follow(event)
        await plan.tell_due(start=self.office.desk.start, now=utc_now() + later)
        return self.due

    async def follow(self, event: Event, *, now: datetime | None = None) -> None:
        given: dict[str, Any] = {"uow": self.office.desk.start(), "now": now or utc_now()}
        match event:
            case TicketOpened() | TicketAssigned() | TicketHandedOff():
                await plan.tell_assignee(event.ticket_id, **given)
            case ColleagueMentioned():
                at = {"at": event.at, **given}
                await plan.tell_mentioned(event.ticket_id, event.comment_id, event.person_id, **at)
            case StatusChanged() | MessageAttributed():
                await plan.tell_watchers(event.ticket_id, at=event.at, **given)
            case ApprovalChanged():
                await plan.tell_deciders(event.ticket_id, **given)
            case AutonomyMoved():
                await plan.tell_autonomy(event.move_id, **given)
            case TicketEscalated():
                await plan.tell_escalated(event.escalation_id, **given)

    async def tell(self, message_id: UUID | None = None, *, after: timedelta = timedelta()) -> None:
        """Everything that is to be told, or this."""
        await self.plan()
        due, self.due = (self.due, []) if message_id is None else ([], self.due)
        for each in [message_id] if message_id else [one.message_id for one in due]:
            await tell_person(
                each,
                messages=self.messages,
                digests=self.digests,
                desk=self.office.desk,
                rooms=self.office.rooms,
                client=self.office.slack,
                clock=lambda: utc_now() + after,
            )

    def of(self, person: Person) -> list[str]:
        """What they have been told, as they read it."""
        workspace = self.office.workspace
        names = {each.id: each.real_name for each in workspace.people.values()}
        posts = workspace.channel_messages(workspace.direct(person.id))
        return [as_text(each, names=names, columns=20_000) for each in posts if each.get("bot_id")]

    async def states(self) -> list[tuple[str, str, str | None]]:
        rows = await self.office.all("SELECT kind, state, why FROM direct_message ORDER BY since, id")
        return [(row["kind"], row["state"], row["why"]) for row in rows]
