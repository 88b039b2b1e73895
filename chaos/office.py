"""Colleagues at work in Slack: what they do at random, and what they were told came of it.

They see what a person sees, press what stands there, and press Submit again where it failed. What becomes of a
conversation's tickets is known for every order of events: only tickets whose customers have said everything are
resolved, closed or given a sibling.
"""

import asyncio
import json
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.intents import Action, Choice
from bot.views.field_inputs import block_of
from bot.views.notice import WENT_WRONG
from chaos.board import Board, elements, find
from chaos.house import House
from chaos.process import CATEGORY, is_over
from emulators.slack import CannotDo, Interaction, Person, Said
from ticketing.playbook.lifecycle import StatusCategory

Json = dict[str, Any]
_PATIENCE = 6  # times that somebody presses Submit
_REFUND = "refund"
_AMOUNT, _AMOUNTS = block_of("refund_amount"), ("80", "250", "999")  # one of them goes without an approval
_PAUSE = 1.5  # seconds between two of them, at most


class Outcome(StrEnum):
    """What whoever did something was told."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # no answer, or that something went wrong


@dataclass(slots=True)
class Deed:
    """One thing that somebody did. `to` is what they wrote or chose: a text of its own, a status, a person."""

    kind: str  # comment | note | reply | status | ask | decide | priority | assign | new_ticket | claim | stranger
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
    hands: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # by e-mail: tickets worked on
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
            (self._status, 26),
            (self._decide, 20),
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
            own = self.hands[_email(person)]
            ticket = dice.choice(own[-4:] if own and dice.random() < 0.5 else self.board.tickets[-60:])
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
        offered = [to for to in _offered(view, "status") if settled or not is_over(to)]
        offered = [to for to in offered if CATEGORY[to] is not StatusCategory.CLOSED or not final]
        if not offered:
            return
        resolving = [to for to in offered if CATEGORY[to] is StatusCategory.RESOLVED]
        to = resolving[0] if resolving and dice.random() < 0.7 else dice.choice(offered)
        told = await self._fill_status(person, view, to, dice)
        if told is Outcome.DONE and to in resolving and citizen is not None:
            citizen.resolved = True

    async def _fill_status(self, person: Person, view: Json, to: str, dice: random.Random) -> Outcome:
        """Fill in what the form asks for, which may be more each time, until something comes of it."""
        ticket = _ticket_of(view)
        values: dict[str, str] = {"status": to}
        told, sure = Outcome.UNKNOWN, True
        try:
            for _ in range(2 * _PATIENCE):
                values |= _needed(person.modals()[-1], values, self._text("why"), dice)
                answer = await person.submit(view["id"], values)
                came = _told(answer)
                if came is Outcome.REFUSED and answer.outcome == "updated" and (answer.view or {}).get("submit"):
                    continue  # it asks for more
                if came is Outcome.DONE or (came is Outcome.REFUSED and sure):
                    told = came
                if came is not Outcome.UNKNOWN:  # refused now, but an earlier attempt may have been carried out
                    break
                sure = False
                await asyncio.sleep(dice.uniform(0.2, _PAUSE))
        except (CannotDo, IndexError):  # the form has gone
            pass
        self._note_down("ask" if "why" in values else "status", person, ticket, to, told)
        return Outcome.UNKNOWN if "why" in values else told

    async def _decide(self, person: Person, ticket: str, dice: random.Random) -> None:  # noqa: ARG002
        """About a request that waits; whoever may not is told so. Sometimes two at once, or the same person twice."""
        waiting = [ts for ts in self.board.requests[-30:] if find(self.board.request(ts)["blocks"], Action.APPROVE)]
        if not waiting:
            return
        ts = dice.choice(waiting)
        who = person if dice.random() < 0.3 else dice.choice(self.house.deciders)
        if dice.random() < 0.2:
            await self._reject(person, ts, dice)
            return
        several = [who, dice.choice(self.house.colleagues)] if dice.random() < 0.4 else [who]
        await asyncio.gather(*(self._approve(each, ts) for each in several))

    async def _approve(self, person: Person, ts: str) -> None:
        approval, before = self._approval(ts), len(person.ephemerals())
        answer = await person.press(self.house.channel, ts, Action.APPROVE)
        told = Outcome.UNKNOWN if not answer.attempt.acknowledged or len(person.ephemerals()) > before else Outcome.DONE
        self._note_down("decide", person, approval, "approve", told)

    async def _reject(self, person: Person, ts: str, dice: random.Random) -> None:
        approval = self._approval(ts)
        await person.press(self.house.channel, ts, Action.REJECT)
        if not person.modals():
            raise CannotDo("no form came")
        view, told = person.modals()[-1], Outcome.UNKNOWN
        for _ in range(_PATIENCE):
            told = _told(await person.submit(view["id"], {"text": self._text("reject")}))
            if told is not Outcome.UNKNOWN:
                break
            await asyncio.sleep(dice.uniform(0.2, _PAUSE))
        # Refused after an attempt without an answer may be because of that very attempt.
        self._note_down("decide", person, approval, "reject", Outcome.UNKNOWN if told is Outcome.REFUSED else told)

    def _approval(self, ts: str) -> str:
        """Its id. Raises CannotDo where it was decided about meanwhile."""
        button = find(self.board.request(ts)["blocks"], Action.APPROVE)
        if button is None:
            raise CannotDo("it is settled")
        return str(json.loads(button["value"])["p"])

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
        ticket = _ticket_of(view)
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
        if told is Outcome.DONE and kind in ("claim", "status"):
            self.hands[_email(person)].append(ticket)

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


def _ticket_of(view: Json) -> str:
    return str(view["private_metadata"]).partition('"t":"')[2].partition('"')[0]


def _needed(view: Json, values: Mapping[str, str], words: str, dice: random.Random) -> dict[str, str]:
    """What this form asks for that is not filled in yet."""
    found = {}
    for block in view["blocks"]:
        if block["type"] != "input" or block.get("optional") or block["block_id"] in values:
            continue
        options = block["element"].get("options")
        typed = dice.choice(_AMOUNTS) if block["block_id"] == _AMOUNT else words
        offered = [option["value"] for option in options or []]
        if _REFUND in offered and dice.random() < 0.7:
            offered = [_REFUND]
        found[block["block_id"]] = dice.choice(offered) if offered else typed
    return found


def _texts(view: Json) -> list[str]:
    return [block["text"]["text"] for block in view["blocks"] if "text" in block]


def _offered(view: Json, field_name: str) -> list[str]:
    menu = next((each for each in elements(view["blocks"]) if each.get("action_id") == field_name), {})
    return [option["value"] for option in menu.get("options", [])]


def _email(person: Person) -> str:
    return person.email or ""
