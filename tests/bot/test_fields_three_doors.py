"""The rules of fields behind three doors: the desk's own use case, the forms in Slack, and the AI as an actor.

Each case is tried at each door, and what the ticket holds then is the same. Where the rule is about who fills something
in, the case says what the AI comes to.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.client import Slack
from bot.config import SlackConfig
from bot.intents import Action
from bot.intents import Field as Input
from core.errors import Refused
from core.instants import utc_now
from emulators.slack import Channel, Person, Workspace
from emulators.slack.forms import CannotDo
from storage.database import Database, understand_json
from storage.engine import plain_dsn
from tests.bot.office import Office, opened_by_ai, staffed
from tests.playbooks import InForce, a_playbook
from ticketing.fields.evidence import Evidence
from ticketing.fields.set_fields import set_fields
from ticketing.people.actor import AI
from ticketing.people.person import Person as Colleague
from ticketing.tickets.change_status import change_status

PLAYBOOK = a_playbook("""
language: 1
playbook: Doors
categories: {damaged: Damaged, other: Other}
types:
  return:
    label: Return
    lifecycle: only
    categories: [damaged, other]
    fields: [order, reason, amount, late_by, words, count, wishes, bought, sure, photo]
    examples: [I want my money back]
  complaint: {label: Complaint, lifecycle: only, categories: [other], fields: [serial, reason], examples: [It is bad]}
lifecycles:
  only:
    label: Only
    created_in: open
    statuses:
      open: {label: Open, category: open}
      explained: {label: Explained, category: active, requires: [reason]}
      done: {label: Done, category: closed}
    transitions:
      - {from: open, to: explained, by: [assignee, ai]}
      - {from: explained, to: done, by: [assignee, ai]}
fields:
  order: {label: Order, kind: text, pattern: "[0-9]{5}", hint: Five digits, required: true}
  reason: {label: Reason, kind: dropdown, options: {broken: Broken, late: Late}}
  amount: {label: Amount, kind: money, currency: USD, least: 1, most: 500, show: fields.reason == "broken"}
  late_by: {label: Late by, kind: number, least: 1, most: 99, required: fields.reason == "late"}
  words: {label: Words, kind: text, least: 3, most: 10}
  count: {label: Count, kind: number, least: 1, most: 9}
  wishes: {label: Wishes, kind: multi_select, most: 2, options: {new: New one, money: Money, sorry: Apology}}
  bought: {label: Bought, kind: date}
  sure: {label: Sure, kind: checkbox}
  photo: {label: Photo, kind: file}
  serial: {label: Serial, kind: text}
""")

MIA, STALE = {"by": True}, {"stale": True}  # whose word a value is; a machine's, whose message was edited
FILLED: dict[str, bool] = {}  # a machine's


@dataclass(frozen=True)
class Case:
    given: Mapping[str, Any]
    kept: Mapping[str, Any] | None = None  # what the ticket holds then; None: what it held
    ai: Mapping[str, Any] | None = None  # the same where the AI comes to something else
    held: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    here: str = "open"
    to: str | None = None  # given with a change of status
    ai_taken: bool | None = None  # where what the AI holds to be so does not tell it
    confirmed: tuple[str, ...] = ()  # by a person: what the AI gives back says nothing new
    ticket: str = ""  # how else it stands, in SQL

    def expected(self, *, ai: bool) -> dict[str, Any]:
        kept = self.ai if ai and self.ai is not None else self.kept
        return dict(self.held if kept is None else kept)

    def is_taken(self, *, ai: bool) -> bool:
        """Not refused; also where the ticket holds afterwards what it held."""
        if ai and self.ai_taken is not None:
            return self.ai_taken
        return self.ai != self.held if ai and self.ai is not None else self.kept is not None


BROKEN, LATE = {"reason": "broken"}, {"reason": "late"}
TEXT = {
    "text is trimmed": Case({"words": "  a bit  "}, {"words": "a bit"}),
    "text matches its pattern": Case({"order": "12345"}, {"order": "12345"}),
    "text does not match its pattern": Case({"order": "1234"}),
    "text is too short": Case({"words": "no"}),
    "text is too long": Case({"words": "no, no, no, no"}),
}
KINDS = {
    "a number": Case({"count": "9"}, {"count": "9"}),
    "no number": Case({"count": "nine"}),
    "a number is too little": Case({"count": "0"}),
    "a number is too much": Case({"count": "9.5"}),
    "an amount": Case({"amount": "$12.5"}, BROKEN | {"amount": "12.50"}, held=BROKEN),
    "an amount in another currency": Case({"amount": "12 EUR"}, held=BROKEN),
    "an amount that could be two": Case({"amount": "1.234"}, held=BROKEN),
    "an amount is too much": Case({"amount": "500.01"}, held=BROKEN),
    "an option": Case({"reason": "late"}, LATE),
    "no option": Case({"reason": "dull"}),
    "an option that is offered no more": Case({"reason": "lost"}),
    "an option that is offered no more stays": Case(
        {"reason": "lost", "count": "2"}, {"reason": "lost", "count": "2"}, held={"reason": "lost"}
    ),
    "several options": Case({"wishes": ["sorry", "new"]}, {"wishes": ["new", "sorry"]}),
    "too many options": Case({"wishes": ["sorry", "new", "money"]}),
    "a day": Case({"bought": "2026-11-24"}, {"bought": "2026-11-24"}),
    "no day": Case({"bought": "2026-11-31"}),
    "a tick": Case({"sure": True}, {"sure": True}),
    "a file that is none of the ticket's": Case({"photo": [str(uuid4())]}),
    "one of two is wrong": Case({"count": "2", "words": "no"}),
}
THERE = {
    "a field of another type": Case({"serial": "S1"}),
    "a field that nobody knows": Case({"nonsense": "1"}),
    "a hidden field": Case({"amount": "20"}, held=LATE),
    "a field that comes with another": Case({"reason": "broken", "amount": "20"}, BROKEN | {"amount": "20.00"}),
    "a field that goes with another": Case({"reason": "late", "amount": "20"}),
    "nothing is required while it is worked on": Case({"reason": "late"}, LATE),
    "a status needs it": Case({"reason": None}, here="explained", held=LATE),
    "it was no ticket": Case({"count": "2"}, ticket="discarded_at = now()"),
    "it goes on as another ticket": Case({"count": "2"}, ticket="merged_into = :other"),
}
WHO = {
    "a person empties it": Case({"order": None}, {}, {"order": "12345"}, held={"order": "12345"}),
    "it is empty": Case({"order": None}, {}),
    "nobody's value": Case({"count": "2"}, {"count": "2"}, {"count": "1"}, held={"count": "1"}),
    "a person's value": Case(
        {"count": "2"}, {"count": "2"}, {"count": "1"}, held={"count": "1"}, sources={"count": MIA}
    ),
    "a machine's value": Case(
        {"count": "2"}, {"count": "2"}, {"count": "1"}, held={"count": "1"}, sources={"count": FILLED}
    ),
    "a stale value": Case({"count": "2"}, {"count": "2"}, held={"count": "1"}, sources={"count": STALE}),
    "a stale value that a person stands by": Case(
        {"count": "2"}, {"count": "2"}, {"count": "1"}, held={"count": "1"}, sources={"count": MIA | STALE}
    ),
    "what a person emptied": Case({"count": "2"}, {"count": "2"}, {}, sources={"count": MIA}),
    "what a machine filled in, given back": Case(
        {"count": "1"}, {"count": "1"}, held={"count": "1"}, sources={"count": FILLED}, confirmed=("count",)
    ),
    "a stale value, given back": Case(
        {"count": "1"}, {"count": "1"}, held={"count": "1"}, sources={"count": STALE}, confirmed=("count",)
    ),
    "a person's value, given back": Case({"count": "1"}, {"count": "1"}, held={"count": "1"}, sources={"count": MIA}),
    "nobody confirms what was no ticket": Case(
        {"count": "1"}, held={"count": "1"}, sources={"count": FILLED}, ticket="discarded_at = now()"
    ),
    "nobody confirms what is on somebody else's": Case(
        {"count": "1"},
        held={"count": "1"},
        ai_taken=True,  # it says nothing new
        sources={"count": FILLED},
        ticket="assignee_id = NULL",
    ),
    "somebody else's ticket": Case({"count": "2"}, None, {"count": "2"}, ticket="assignee_id = NULL"),
}
MOVING = {
    "what the status requires is missing": Case({}, to="explained"),
    "what the status requires is given": Case({"reason": "broken"}, BROKEN, to="explained"),
    "what the status requires is wrong": Case({"reason": "dull"}, to="explained"),
    "what is required is missing": Case({}, here="explained", held=BROKEN, to="done"),
    "what is required is given": Case(
        {"order": "12345"}, BROKEN | {"order": "12345"}, here="explained", held=BROKEN, to="done"
    ),
    "what is required by a condition is missing": Case({"order": "12345"}, here="explained", held=LATE, to="done"),
    "what is required by a condition is given": Case(
        {"order": "12345", "late_by": "3"},
        LATE | {"order": "12345", "late_by": "3"},
        here="explained",
        held=LATE,
        to="done",
    ),
    "what is required by a condition is wrong": Case(
        {"order": "12345", "late_by": "100"}, here="explained", held=LATE, to="done"
    ),
    "a hidden value counts for nothing": Case(
        {"order": "12345"},
        LATE | {"order": "12345", "late_by": "3", "amount": "20.00"},
        here="explained",
        held=LATE | {"late_by": "3", "amount": "20.00"},
        to="done",
    ),
    "a person's word goes with another status": Case(
        {"order": "54321"},
        BROKEN | {"order": "54321"},
        BROKEN | {"order": "12345"},
        here="explained",
        held=BROKEN | {"order": "12345"},
        sources={"order": MIA},
        to="done",
    ),
}
CASES = TEXT | KINDS | THERE | WHO | MOVING


@dataclass
class Scene:
    """Mia's ticket, and what stands in the database about it."""

    office: Office
    mia: Person
    person: Colleague
    raw: asyncpg.Connection
    other: UUID

    async def stands(self, case: Case) -> int:
        """The ticket as this case finds it; how many records there are."""
        ticket_id, here = self.office.ticket.id, PLAYBOOK.lifecycle("return").status(case.here)
        await self.raw.execute("DELETE FROM field_source WHERE ticket_id = $1", ticket_id)
        await self.raw.execute(
            "UPDATE ticket SET status = $2, status_category = $3, fields = $4, assignee_id = $5, discarded_at = NULL,"
            " merged_into = NULL, version = version + 1 WHERE id = $1",
            *(ticket_id, here.key, here.category.value, dict(case.held), self.person.id),
        )
        if case.ticket:
            change = case.ticket.replace(":other", f"'{self.other}'")
            await self.raw.execute(f"UPDATE ticket SET {change} WHERE id = $1", ticket_id)
        for key, known in case.sources.items():
            by, stale = self.person.id if "by" in known else None, "stale" in known
            await self.raw.execute(
                "INSERT INTO field_source (ticket_id, field, source, value, filled_at, confirmed_by, confirmed_at,"
                " stale_since) VALUES ($1, $2, 'entity', $3, now(), $4, CASE WHEN $4::uuid IS NOT NULL THEN now() END,"
                " CASE WHEN $5::bool THEN now() END)",
                *(ticket_id, key, case.held.get(key), by, stale),
            )
        seq: int = await self.raw.fetchval("SELECT max(seq) FROM activity WHERE stream_id = $1", ticket_id)
        return seq

    async def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.raw.fetch(query, self.office.ticket.id, *values)]


@pytest.fixture
async def scene(
    database: str,
    engine: AsyncEngine,
    store: Database,
    workspace: Workspace,
    config: SlackConfig,
    slack: Slack,
    support: Channel,
    mia: Person,
) -> AsyncIterator[Scene]:
    raw = await asyncpg.connect(plain_dsn(database))
    await understand_json(raw)
    async with staffed(engine, store, workspace, config, slack, support, InForce(PLAYBOOK)) as made:
        await made.press(mia, Action.CLAIM)
        person = await made.desk.person_by_email("mia@desk.example")
        assert person is not None
        other = await opened_by_ai(made.desk.start())
        yield Scene(made, mia, person, raw, other.id)
    await raw.close()


async def by_use_case(scene: Scene, case: Case) -> bool:
    desk, ticket_id = scene.office.desk, scene.office.ticket.id
    if case.to is not None:
        await desk.change_status(ticket_id, case.to, by=scene.person, given=case.given)
    else:
        await desk.set_fields(ticket_id, case.given, by=scene.person)
    return True


async def in_slack(scene: Scene, case: Case) -> bool:
    """From the card as it was when Mia had just claimed the ticket: whatever becomes of it, it has its buttons."""
    mia = scene.mia
    view = await scene.office.press(mia, Action.STATUS if case.to else Action.FIELDS)
    if view is None:
        return False  # there is no form for it
    filled: dict[str, Any] = {}
    if case.to is not None:
        filled[Input.STATUS] = case.to
        await mia.press_in(view, Input.STATUS, value=case.to, values={})
    for key, value in case.given.items():
        name, entry = f"f:{key}", ["yes"] if value is True else value
        if any(block.get("dispatch_action") for block in mia.modals()[-1]["blocks"] if block["block_id"] == name):
            await mia.press_in(view, name, value=entry, values=filled)
        filled[name] = entry
    return (await mia.submit(view, filled)).outcome == "closed"


async def as_ai(scene: Scene, case: Case) -> bool:
    ticket_id, uow, now = scene.office.ticket.id, scene.office.desk.start(), utc_now()
    read = dict.fromkeys(case.given, Evidence(0.75))
    if case.to is not None:
        await change_status(ticket_id, case.to, by=AI, given=case.given, read=read, uow=uow, now=now)
    else:
        await set_fields(ticket_id, case.given, by=AI, read=read, uow=uow, now=now)
    return True


async def test_every_rule_of_a_field_holds_at_each_door(scene: Scene) -> None:
    await scene.office.show()
    found, wanted = {}, {}
    for door, (name, case) in product((by_use_case, in_slack, as_ai), CASES.items()):
        ai, what = door is as_ai, f"{door.__name__}: {name}"
        seen = await scene.stands(case)
        try:
            taken = await door(scene, case)
        except (Refused, CannotDo):
            taken = False
        for modal in scene.mia.modals():
            await scene.mia.close(modal["id"])
        (now,) = await scene.rows("SELECT fields, status FROM ticket WHERE id = $1")
        found[what] = (taken, now["fields"], now["status"])
        goes = case.is_taken(ai=ai)
        wanted[what] = (goes, case.expected(ai=ai), case.to if case.to and goes else case.here)
        await told_of(scene, case, now["fields"], seen, ai=ai, what=what)
    assert found == wanted
    assert len(CASES) > 50


async def told_of(scene: Scene, case: Case, fields: dict[str, Any], seen: int, *, ai: bool, what: str) -> None:
    """Each change has its record and says who stands by it; what was refused left nothing."""
    written = await scene.rows(
        "SELECT kind, after, actor_kind FROM activity WHERE stream_id = $1 AND seq > $2 ORDER BY seq", seen
    )
    changed = {key for key in {*fields, *case.held} if fields.get(key) != case.held.get(key)}
    told = [each["after"] for each in written if each["kind"] == "field.changed"]
    assert sorted(key for after in told for key in after) == sorted(changed), what
    confirmed = [each["after"]["fields"] for each in written if each["kind"] == "fields.confirmed"]
    assert confirmed == ([list(case.confirmed)] if case.confirmed and not ai else []), what
    assert {each["actor_kind"] for each in written} <= {"ai" if ai else "agent"}, what
    rows = await scene.rows("SELECT * FROM field_source WHERE ticket_id = $1")
    sources = {row["field"]: row for row in rows}
    for key in changed:
        source = sources[key]
        assert source["stale_since"] is None, what
        if ai:
            assert (source["source"], source["value"], source["confidence"]) == ("ai", fields[key], 0.75), what
            assert source["confirmed_by"] is None, what
        else:
            assert source["confirmed_by"] == scene.person.id, what
