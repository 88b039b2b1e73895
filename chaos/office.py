"""Colleagues at work in Slack: what they do at random, and what they were told came of it.

They see what a person sees, press what stands there, and press Submit again where it failed. What becomes of a
conversation's tickets is known for every order of events: only tickets whose customers have said everything are
resolved, closed or given a sibling.
"""

import asyncio
import contextlib
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.intents import Action, Work
from bot.views.notice import WENT_WRONG
from chaos.board import Board, elements
from chaos.house import House
from emulators.slack import CannotDo, Interaction, Person, Said

Json = dict[str, Any]
PATIENCE = 6  # times that somebody presses Submit
PAUSE = 1.5  # seconds between two of them, at most


class Outcome(StrEnum):
    """What whoever did something was told."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # no answer, or that something went wrong


@dataclass(frozen=True, slots=True)
class Change:
    """What a message was changed to by its author; None: they deleted it."""

    text: str | None
    said: Said

    @property
    def heard(self) -> bool:
        return self.said.delivery is not None and self.said.delivery.acknowledged


@dataclass(slots=True)
class Deed:
    """One thing that somebody did. `to` is what they wrote or chose: a text of its own, a status, a person."""

    kind: str  # what they did, as the books call it: comment, note, reply, undo, status, ask, decide, …
    who: str  # e-mail address
    ticket: str
    to: str
    told: Outcome
    said: Said | None = None  # what was written in a thread
    changes: list[Change] = field(default_factory=list)  # … and what became of it there, oldest first


@dataclass(slots=True)
class Office:
    """Everybody at work, and all they did."""

    house: House
    board: Board
    dice: random.Random
    acts: Mapping["Act", int]  # what they do, and how often compared with the others
    deeds: list[Deed] = field(default_factory=list)
    hands: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # by e-mail: tickets worked on
    removed: dict[str, str] = field(default_factory=dict)  # cards that somebody deleted: ts -> ticket
    _numbers: int = 0

    async def work(self, *, every: float, stop: asyncio.Event) -> None:
        """Until `stop`: on average one act every so many seconds, by whoever is free."""
        async with asyncio.TaskGroup() as group:
            people = self.house.colleagues
            for person in people:
                dice = random.Random(self.dice.random())
                group.create_task(self._work(person, dice, every * len(people), stop))

    async def _work(self, person: Person, dice: random.Random, every: float, stop: asyncio.Event) -> None:
        acts, weights = list(self.acts), list(self.acts.values())
        while not await _set_within(dice.expovariate(1 / every), stop):
            self.board.look()
            if not self.board.tickets:
                continue
            (act,) = dice.choices(acts, weights)
            own = self.hands[email_of(person)]
            ticket = dice.choice(own[-4:] if own and dice.random() < 0.5 else self.board.tickets[-60:])
            try:
                for view in person.modals():
                    await person.close(view["id"])
                await act(self, person, ticket, dice)
            except CannotDo:  # it is not on their screen any more
                continue

    async def fill(
        self,
        kind: str,
        person: Person,
        ticket: str,
        way: Action | Work,
        values: Mapping[str, str],
        dice: random.Random,
    ) -> None:
        await self.submit(kind, person, await self.open(person, ticket, way), values, dice)

    async def open(self, person: Person, ticket: str, way: Action | Work) -> Json:
        """Press what opens a form, behind More where it is there. Raises CannotDo where none came."""
        card = self.board.card(ticket)
        await person.press(self.house.room(card["ts"]), card["ts"], Action.WORK if isinstance(way, Work) else way)
        if not person.modals():
            raise CannotDo("no form came")
        if isinstance(way, Work):
            screen = person.modals()[-1]
            await person.press_in(screen["id"], way)
            if person.modals()[-1]["id"] == screen["id"]:
                raise CannotDo("no form came")
        return person.modals()[-1]

    async def submit(
        self, kind: str, person: Person, view: Json, values: Mapping[str, Any], dice: random.Random, *, to: str = ""
    ) -> Outcome:
        """Press Submit until something comes of it. The same form, however often, is one act. `to`: what was chosen,
        unless the values say it.
        """
        ticket = ticket_of(view)
        told = Outcome.UNKNOWN
        try:
            for attempt in range(PATIENCE):
                answer = told_by(await person.submit(view["id"], values))
                if answer is Outcome.DONE or (answer is Outcome.REFUSED and attempt == 0):
                    told = answer
                if answer is not Outcome.UNKNOWN:  # refused now, but an earlier attempt may have been carried out
                    break
                await asyncio.sleep(dice.uniform(0.2, PAUSE))
        except CannotDo:  # the form has gone
            pass
        to = to or values.get("text") or values.get("subject") or next(iter(values.values()))
        self.note_down(kind, person, ticket, to, told)
        return told

    async def press_on(
        self, kind: str, person: Person, screen: Json, way: Work, *, value: str | None = None, to: str = ""
    ) -> Outcome:
        """What happens at once, on a screen, which says what was refused."""
        done = await person.press_in(screen["id"], way, value=value)
        now = person.modals()[-1] if person.modals() else screen
        said = any(text.startswith("⚠️") for text in texts_of(now))
        # A screen that was not drawn anew says nothing of it.
        unheard = done.outcome == "failed" or now["hash"] == screen["hash"]
        told = Outcome.UNKNOWN if unheard else Outcome.REFUSED if said else Outcome.DONE
        self.note_down(kind, person, ticket_of(screen), to or value or "", told)
        return told

    def note_down(self, kind: str, person: Person, ticket: str, to: str, told: Outcome) -> None:
        self.deeds.append(Deed(kind, email_of(person), ticket, to, told))
        if told is Outcome.DONE and kind in ("claim", "status"):
            self.hands[email_of(person)].append(ticket)

    def words(self, kind: str) -> str:
        """Words that nobody else writes."""
        self._numbers += 1
        return f"{kind} number {self._numbers} of the day"

    def hear(self) -> None:
        """What was written in threads, once Slack has stopped coming again with it."""
        for deed in self.deeds:
            if deed.said is not None and deed.kind == "note":
                heard = deed.said.delivery is not None and deed.said.delivery.acknowledged
                deed.told = Outcome.DONE if heard else Outcome.UNKNOWN


async def _set_within(seconds: float, stop: asyncio.Event) -> bool:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()


def told_by(answer: Interaction) -> Outcome:
    if answer.outcome == "closed":
        return Outcome.DONE
    shown = [*answer.errors.values(), *(texts_of(answer.view) if answer.outcome == "updated" and answer.view else [])]
    if answer.outcome == "failed" or any(WENT_WRONG in text for text in shown):
        return Outcome.UNKNOWN
    return Outcome.REFUSED


def ticket_of(view: Json) -> str:
    return str(view["private_metadata"]).partition('"t":"')[2].partition('"')[0]


def texts_of(view: Json) -> list[str]:
    """What its blocks say."""
    return [block["text"]["text"] for block in view["blocks"] if "text" in block]


def offered_in(view: Json, field_name: str) -> list[str]:
    menu = next((each for each in elements(view["blocks"]) if each.get("action_id") == field_name), {})
    return [option["value"] for option in menu.get("options", [])]


def email_of(person: Person) -> str:
    return person.email or ""


Act = Callable[[Office, Person, str, random.Random], Awaitable[None]]
