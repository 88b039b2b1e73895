"""Colleagues at work in Slack: what they do at random, and what they were told came of it.

They see what a person sees, press what stands there, and press Submit again where it failed. What becomes of a
conversation's tickets is known for every order of events: only tickets whose customers have said everything are
resolved, closed or given a sibling.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.intents import Action, Choice
from bot.views.notice import WENT_WRONG
from chaos.board import Board, elements, find
from chaos.house import House
from emulators.slack import CannotDo, Interaction, Person, Said

Json = dict[str, Any]
_PATIENCE = 6  # times that somebody presses Submit
_PAUSE = 1.5  # seconds between two of them, at most


class Outcome(StrEnum):
    """What whoever did something was told."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # no answer, or that something went wrong


@dataclass(slots=True)
class Deed:
    """One thing that somebody did. `to` is what they wrote or chose: a text of its own, a status, a person."""

    kind: str  # comment | note | reply | status | priority | assign | new_ticket | claim | stranger
    who: str  # e-mail address
    ticket: str
    to: str
    told: Outcome
    said: Said | None = None  # what was written in a thread


@dataclass(slots=True)
class Office:
    """Everybody at work, and all they did."""

    house: House
    board: Board
    dice: random.Random
    deeds: list[Deed] = field(default_factory=list)
    _numbers: int = 0

    async def work(self, *, every: float, stop: asyncio.Event) -> None:
        """Until `stop`: on average one act every so many seconds, by whoever is free."""
        async with asyncio.TaskGroup() as group:
            people = self.house.colleagues
            for person in people:
                dice = random.Random(self.dice.random())
                group.create_task(self._work(person, dice, every * len(people), stop))

    async def _work(self, person: Person, dice: random.Random, every: float, stop: asyncio.Event) -> None:
        acts: list[tuple[Callable[[Person, str, random.Random], Awaitable[None]], int]] = [
            (self._claim, 22),
            (self._note, 14),
            (self._comment, 10),
            (self._reply, 20),
            (self._status, 22),
            (self._priority, 6),
            (self._assign, 6),
            (self._new_ticket, 3),
            (self._stranger, 1),
        ]
        while not stop.is_set():
            await asyncio.sleep(dice.expovariate(1 / every))
            self.board.look()
            if not self.board.tickets:
                continue
            (act,) = dice.choices([act for act, _ in acts], [weight for _, weight in acts])
            ticket = dice.choice(self.board.tickets[-60:])
            try:
                for view in person.modals():
                    await person.close(view["id"])
                await act(person, ticket, dice)
            except CannotDo:  # it is not on their screen any more
                continue

    async def _claim(self, person: Person, ticket: str, dice: random.Random) -> None:
        """One presses; sometimes two at once."""
        card = self.board.card(ticket)
        action = next((a for a in (Action.CLAIM, Action.TAKE_OVER) if find(card["blocks"], a)), None)
        if action is None:
            return
        several = [person, dice.choice(self.house.colleagues)] if dice.random() < 0.4 else [person]
        await asyncio.gather(*(self._press_claim(each, ticket, card["ts"], action) for each in several))

    async def _press_claim(self, person: Person, ticket: str, ts: str, action: Action) -> None:
        before = len(person.ephemerals())
        answer = await person.press(self.house.channel, ts, action)
        # A refusal is a word that only they see, said before the click is acknowledged.
        told = Outcome.UNKNOWN if not answer.attempt.acknowledged or len(person.ephemerals()) > before else Outcome.DONE
        self._note_down("claim", person, ticket, "", told)

    async def _note(self, person: Person, ticket: str, dice: random.Random) -> None:  # noqa: ARG002
        """What is written in the thread itself."""
        text = self._text("note")
        said = await person.say(self.house.channel, text, thread_ts=self.board.cards[ticket])
        self.deeds.append(Deed("note", _email(person), ticket, text, Outcome.UNKNOWN, said))

    async def _stranger(self, person: Person, ticket: str, dice: random.Random) -> None:  # noqa: ARG002
        """Somebody who is not of the desk writes in a thread, and presses a button."""
        text, stranger = self._text("stranger"), self.house.stranger
        said = await stranger.say(self.house.channel, text, thread_ts=self.board.cards[ticket])
        self.deeds.append(Deed("stranger", _email(stranger), ticket, text, Outcome.REFUSED, said))
        if find(self.board.card(ticket)["blocks"], Action.CLAIM):
            await stranger.press(self.house.channel, self.board.cards[ticket], Action.CLAIM)

    async def _comment(self, person: Person, ticket: str, dice: random.Random) -> None:
        await self._fill("comment", person, ticket, Action.COMMENT, {"text": self._text("comment")}, dice)

    async def _reply(self, person: Person, ticket: str, dice: random.Random) -> None:
        await self._fill("reply", person, ticket, Action.REPLY, {"text": self._text("reply")}, dice)

    async def _status(self, person: Person, ticket: str, dice: random.Random) -> None:
        view = await self._open(person, ticket, Action.STATUS)
        citizen = self.board.owner.get(ticket)
        settled = self.board.settled(ticket)
        final = citizen is not None and citizen.later is not None  # who comes back must find it as it was left
        offered = [to for to in _offered(view, "status") if to not in ("resolved", "closed") or settled]
        offered = [to for to in offered if to != "closed" or not final]
        if not offered:
            return
        to = "resolved" if "resolved" in offered and dice.random() < 0.7 else dice.choice(offered)
        told = await self._submit("status", person, view, {"status": to}, dice)
        if told is Outcome.DONE and to == "resolved" and citizen is not None:
            citizen.resolved = True

    async def _priority(self, person: Person, ticket: str, dice: random.Random) -> None:
        view = await self._open(person, ticket, Choice.PRIORITY)
        await self._submit("priority", person, view, {"priority": dice.choice(_offered(view, "priority"))}, dice)

    async def _assign(self, person: Person, ticket: str, dice: random.Random) -> None:
        view = await self._open(person, ticket, Choice.ASSIGN)
        await self._submit("assign", person, view, {"assignee": dice.choice(_offered(view, "assignee"))}, dice)

    async def _new_ticket(self, person: Person, ticket: str, dice: random.Random) -> None:
        citizen = self.board.owner.get(ticket)
        if not self.board.settled(ticket) or (citizen is not None and citizen.later is not None):
            return
        values = {"subject": self._text("new_ticket"), "priority": "normal"}
        await self._fill("new_ticket", person, ticket, Choice.NEW_TICKET, values, dice)

    async def _fill(
        self,
        kind: str,
        person: Person,
        ticket: str,
        way: Action | Choice,
        values: Mapping[str, str],
        dice: random.Random,
    ) -> None:
        await self._submit(kind, person, await self._open(person, ticket, way), values, dice)

    async def _open(self, person: Person, ticket: str, way: Action | Choice) -> Json:
        """Press what opens a form. Raises CannotDo where none came."""
        card = self.board.card(ticket)
        if isinstance(way, Choice):
            menu = find(card["blocks"], Action.MORE)
            value = next(
                (each["value"] for each in (menu or {}).get("options", []) if f'"{way}"' in each["value"]), None
            )
            if value is None:
                raise CannotDo(f"no {way} on the card")
            await person.press(self.house.channel, card["ts"], Action.MORE, selected_option=value)
        else:
            await person.press(self.house.channel, card["ts"], way)
        if not person.modals():
            raise CannotDo("no form came")
        return person.modals()[-1]

    async def _submit(
        self, kind: str, person: Person, view: Json, values: Mapping[str, str], dice: random.Random
    ) -> Outcome:
        """Press Submit until something comes of it. The same form, however often, is one act."""
        ticket = view["private_metadata"].partition('"t":"')[2].partition('"')[0]
        told = Outcome.UNKNOWN
        try:
            for attempt in range(_PATIENCE):
                answer = _told(await person.submit(view["id"], values))
                if answer is Outcome.DONE or (answer is Outcome.REFUSED and attempt == 0):
                    told = answer
                if answer is not Outcome.UNKNOWN:  # refused now, but an earlier attempt may have been carried out
                    break
                await asyncio.sleep(dice.uniform(0.2, _PAUSE))
        except CannotDo:  # the form has gone
            pass
        to = values.get("text") or values.get("subject") or next(iter(values.values()))
        self._note_down(kind, person, ticket, to, told)
        return told

    def _note_down(self, kind: str, person: Person, ticket: str, to: str, told: Outcome) -> None:
        self.deeds.append(Deed(kind, _email(person), ticket, to, told))

    def _text(self, kind: str) -> str:
        """Words that nobody else writes."""
        self._numbers += 1
        return f"{kind} number {self._numbers} of the day"

    def hear(self) -> None:
        """What was written in threads, once Slack has stopped coming again with it."""
        for deed in self.deeds:
            if deed.said is not None and deed.kind == "note":
                heard = deed.said.delivery is not None and deed.said.delivery.acknowledged
                deed.told = Outcome.DONE if heard else Outcome.UNKNOWN


def _told(answer: Interaction) -> Outcome:
    if answer.outcome == "closed":
        return Outcome.DONE
    shown = [*answer.errors.values(), *(_texts(answer.view) if answer.outcome == "updated" and answer.view else [])]
    if answer.outcome == "failed" or any(WENT_WRONG in text for text in shown):
        return Outcome.UNKNOWN
    return Outcome.REFUSED


def _texts(view: Json) -> list[str]:
    return [block["text"]["text"] for block in view["blocks"] if "text" in block]


def _offered(view: Json, field_name: str) -> list[str]:
    menu = next((each for each in elements(view["blocks"]) if each.get("action_id") == field_name), {})
    return [option["value"] for option in menu.get("options", [])]


def _email(person: Person) -> str:
    return person.email or ""
