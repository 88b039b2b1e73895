"""A desk whose AI works on returns, with the demo shop on a socket and a brain that follows its script."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from ai.actions.desk_actions import DeskActions
from ai.actions.registry import load_actions
from examples.shop.shop import Shop
from storage.rows import AnyRow
from tests.factories import a_suggestion, an_entity, an_issue
from tests.playbooks import InForce, a_playbook
from tests.storage.desk import DeskAtWork
from ticketing.people.person import Person
from ticketing.playbook.playbook import Playbook
from ticketing.resolution.begin import begin_run
from ticketing.resolution.proposal import (
    AskCustomer,
    Call,
    Case,
    HandOver,
    Phrased,
    Proposal,
    Proposed,
    Telling,
)
from ticketing.resolution.resume import look_again
from ticketing.resolution.run import Run, RunState, Step
from ticketing.resolution.work import work_run
from ticketing.triage.suggestion import Burst, Suggestion, Vocabulary

CLARA = "+14155550123"  # a verified number of the shop's customer
PATIENCE = timedelta(minutes=30)
_TEXT = (Path(__file__).parent / "returns.yaml").read_text()


def returns(version: int = 3, **ai: Any) -> Playbook:
    """The playbook of these tests. `ai`: of the type, otherwise than it says."""
    playbook = a_playbook(_TEXT, version=version)
    (kind,) = playbook.types.values()
    return replace(playbook, types={kind.key: replace(kind, ai=replace(kind.ai, **ai))})


class Follows:
    """A brain that takes the first recipe: it asks for what is missing, and gives up once something went wrong.

    `then`: what it proposes instead, one after another. `meanwhile`: what happens while it thinks, each once;
    `phrasing`: while it phrases.
    """

    def __init__(self, *then: Proposal | Exception, phrases: str | None = None) -> None:
        self.then = list(then)
        self.phrases = phrases
        self.cases: list[Case] = []
        self.tellings: list[Telling] = []
        self.meanwhile: list[Callable[[], Any]] = []
        self.phrasing: list[Callable[[], Any]] = []

    async def propose(self, case: Case) -> Proposed:
        self.cases.append(case)
        if self.meanwhile:
            await self.meanwhile.pop(0)()
        if self.then:
            said = self.then.pop(0)
            if isinstance(said, Exception):
                raise said
            return Proposed(said, "test", "1")
        return Proposed(self._next(case), "test", "1")

    def _next(self, case: Case) -> Proposal:
        if any("stop" in line.text.lower() for line in case.lines if line.by_customer):
            return HandOver("The customer wants nothing done any more.")
        if not case.recipes:
            return HandOver("No recipe fits.")
        recipe = case.recipes[0]
        if recipe.lacks:
            return AskCustomer(recipe.lacks[0], "It is missing.")
        return Call(recipe.action, recipe.arguments, "It fits.")

    async def phrase(self, telling: Telling) -> Phrased | None:
        self.tellings.append(telling)
        if self.phrasing:
            await self.phrasing.pop(0)()
        return Phrased(self.phrases, "test", "1") if self.phrases is not None else None


class Returned:
    """A triager for which every burst is a return of something damaged, of the order that it names with a #."""

    def __init__(self, **issue: Any) -> None:
        self.issue = issue

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        text = " ".join(burst.messages[0].text.split())
        number = text.partition("#")[2].split()[0].strip(".,") if "#" in text else None
        entities = (an_entity(burst, value=number, words=f"#{number}"),) if number else ()
        known = burst.known[0].id if burst.known else None
        told = {"subject": text[:80], "entities": entities, "continues": known} | self.issue
        return a_suggestion(an_issue(burst, **told))


class Resolving:
    """What tests do with it."""

    def __init__(self, at_work: DeskAtWork, settings: Mapping[str, str], shop: Shop, mia: Person, sara: Person) -> None:
        self.at_work = at_work
        self.actions = DeskActions(load_actions(["examples.actions.shop"]), settings=settings)
        self.shop_settings = settings
        self.shop = shop
        self.mia = mia
        self.sara = sara
        self.brain = Follows()
        self.use()

    def use(self, **ai: Any) -> None:
        """The AI of the type works so from now on: `autonomy`, `budget`, …."""
        self.at_work.playbooks = InForce(returns(**ai))

    async def ticket(self, words: str, *, sender: str = CLARA, **issue: Any) -> UUID:
        """The customer writes, and triage opens it; its id."""
        conversation = await self.writes(words, sender=sender, **issue)
        (row,) = await self.at_work.rows(
            "SELECT id FROM ticket WHERE conversation_id = :id ORDER BY number DESC LIMIT 1", id=conversation
        )
        ticket_id: UUID = row.id
        return ticket_id

    async def writes(self, words: str, *, sender: str = CLARA, **issue: Any) -> UUID:
        """… and is understood; the conversation. Whatever they write from, it is Clara, and proven."""
        conversation = await self.at_work.customer_writes(words, sender=sender)
        await self.proven(sender)
        await self.at_work.understand(conversation, Returned(**issue))
        return conversation

    async def proven(self, sender: str) -> None:
        """Who writes from there has proven to be Clara."""
        await self.at_work.rows_changed(
            "UPDATE identity SET phone = :phone, verified_at = :at WHERE address = :address",
            address=sender,
            phone=CLARA,
            at=self.at_work.now,
        )

    async def begin(self, ticket: UUID, *, handed_back: bool = False) -> UUID | None:
        return await begin_run(
            ticket,
            actions=self.actions.of,
            limits=self.at_work.desk.limits,
            start=self.at_work.start,
            now=self.at_work.now,
            handed_back=handed_back,
        )

    async def work(self, run: UUID, *, job: str = "1", **given: Any) -> None:
        told: dict[str, Any] = {
            "brain": self.brain,
            "actions": self.actions.of,
            "limits": self.at_work.desk.limits,
            "start": self.at_work.start,
            "clock": self.at_work.clock,
            "patience": PATIENCE,
            "job": job,
        }
        await work_run(run, **(told | given))

    async def look_again(self, ticket: UUID) -> None:
        await look_again(ticket, limits=self.at_work.desk.limits, uow=self.at_work.start(), now=self.at_work.now)

    async def go_on(self, ticket: UUID) -> None:
        """What follows when something has happened to the ticket: as far as it goes by itself."""
        await self.look_again(ticket)
        run = await self.run(ticket)
        if run.state is RunState.WORKING:
            await self.work(run.id)

    async def resolved(self, words: str = "It came broken, order #78932", **given: Any) -> UUID:
        """The ticket of a run that has gone as far as it goes by itself."""
        ticket = await self.ticket(words, **given)
        run = await self.begin(ticket)
        assert run is not None
        await self.work(run)
        return ticket

    async def run(self, ticket: UUID) -> Run:
        """The newest."""
        async with self.at_work.start() as uow:
            run = await uow.runs.newest_of(ticket)
        assert run is not None
        return run

    async def steps(self, ticket: UUID) -> Sequence[Step]:
        async with self.at_work.start() as uow:
            run = await uow.runs.newest_of(ticket)
            return await uow.runs.steps(run.id) if run else ()

    async def told(self, ticket: UUID) -> list[str]:
        """What the customer was told in its room, oldest first."""
        rows = await self.at_work.rows(
            "SELECT message.text FROM room_entry JOIN message ON message.id = room_entry.message_id "
            "WHERE room_entry.ticket_id = :id AND message.direction = 'out' ORDER BY message.at, message.id",
            id=ticket,
        )
        return [row.text for row in rows]

    async def row(self, ticket: UUID) -> AnyRow:
        (row,) = await self.at_work.rows("SELECT * FROM ticket WHERE id = :id", id=ticket)
        return row

    async def state(self, ticket: UUID) -> tuple[RunState, str]:
        """Of the run and of the ticket."""
        return (await self.run(ticket)).state, (await self.row(ticket)).status

    def refunds(self, order: str = "78932") -> list[int]:
        """What the shop has paid back for it, in minor units."""
        return [each.given.amount for each in self.shop.books.gateway.of(f"ch_{order}")]

    async def records(self, ticket: UUID, kind: str) -> list[dict[str, Any]]:
        rows = await self.at_work.rows(
            "SELECT after FROM activity WHERE kind = :kind AND stream_id = :id ORDER BY seq", kind=kind, id=ticket
        )
        return [row.after for row in rows]
