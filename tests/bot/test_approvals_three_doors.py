"""The rules of approvals behind three doors: the desk's own use case, the buttons in Slack, and the AI as an actor.

Whoever may make a transition asks at each door with one outcome. Deciding is for people: a click in Slack comes to what
the use case comes to, and the AI decides nothing, however the request stands.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.client import Slack
from bot.config import SlackConfig
from bot.intents import Action, Field
from core.errors import Refused
from core.instants import utc_now
from emulators.slack import Channel, Person, Workspace
from emulators.slack.forms import CannotDo
from storage.database import Database, understand_json
from storage.engine import plain_dsn
from tests.bot.office import Office, opened_by_ai, staffed
from tests.playbooks import InForce, a_playbook
from ticketing.approvals.approval import Approval, Verdict
from ticketing.approvals.decide import decide_approval
from ticketing.approvals.end import review
from ticketing.approvals.request import request_approval
from ticketing.fields.evidence import Evidence
from ticketing.people.actor import AI, AUTOMATION, SYSTEM, customer_acting
from ticketing.people.permissions import PermissionRefused
from ticketing.people.person import Person as Colleague
from ticketing.people.person import Role
from ticketing.playbook.playbook import Playbook

PLAYBOOK = a_playbook("""
language: 1
playbook: Doors
categories: {damaged: Damaged, other: Other}
types:
  return:
    label: Return
    lifecycle: only
    categories: [damaged, other]
    fields: [amount, order]
    examples: [I want my money back]
lifecycles:
  only:
    label: Only
    created_in: open
    statuses:
      open: {label: Open, category: open}
      working: {label: Working, category: active}
      refunded: {label: Refunded, category: closed, requires: [amount]}
      checked: {label: Checked, category: active}
    transitions:
      - {from: [open, checked], to: working, by: [assignee, ai]}
      - {from: working, to: refunded, by: [assignee, ai], approval: big}
      - {from: working, to: [open, checked], by: [supervisor]}
fields:
  amount: {label: Amount, kind: money, currency: USD}
  order: {label: Order, kind: text}
approvals:
  big:
    label: Refund over 200
    when: fields.amount > 200
    approvers: [supervisor, admin]
    binds: [order]
    amount: amount
    expires: 2d
    then: ask_again
""")
COLLEAGUES = {
    "sara": (Role.SUPERVISOR, None),
    "omar": (Role.SUPERVISOR, None),
    "otto": (Role.SUPERVISOR, "Elsewhere"),
    "ada": (Role.ADMIN, None),
}


def ruled(**changes: Any) -> Playbook:
    """With a rule that says something else."""
    return replace(PLAYBOOK, approvals={"big": replace(PLAYBOOK.approvals["big"], **changes)})


@dataclass
class Scene:
    """The ticket that somebody wants to refund, and who is there."""

    office: Office
    playbooks: InForce
    people: Mapping[str, Colleague]
    screens: Mapping[str, Person]
    raw: asyncpg.Connection
    other: UUID

    async def ticket(self, change: str, *values: object) -> None:
        change = change.replace(":other", f"'{self.other}'")
        await self.raw.execute(
            f"UPDATE ticket SET {change}, version = version + 1 WHERE id = $1", self.office.ticket.id, *values
        )

    async def holds(self, **fields: str) -> None:
        await self.ticket("fields = $2", fields)

    async def begins(self) -> None:
        """In progress, Mia's, nothing asked for."""
        self.playbooks.playbook = PLAYBOOK
        await self.raw.execute(
            "DELETE FROM approval_decision; DELETE FROM room_entry; DELETE FROM delegation; DELETE FROM field_source;"
            "DELETE FROM approval"
        )
        await self.ticket(
            "status = 'working', status_category = 'active', status_since = now(), discarded_at = NULL,"
            " merged_into = NULL, type = 'return', category = 'damaged', assignee_id = $2",
            self.people["mia"].id,
        )
        await self.holds(amount="250.00", order="78932")

    async def ask(self, who: str = "mia", to: str = "refunded") -> Approval:
        return await self.office.desk.request_approval(self.office.ticket.id, to, "Broken.", by=self.people[who])

    async def standing(self) -> tuple[list[str], int, str]:
        """What became of the requests, oldest first; how many have had a say; and where the ticket is."""
        asked = await self.raw.fetch("SELECT state FROM approval ORDER BY requested_at, id")
        decided = await self.raw.fetchval("SELECT count(*) FROM approval_decision")
        status = await self.raw.fetchval("SELECT status FROM ticket WHERE id = $1", self.office.ticket.id)
        return [row["state"] for row in asked], decided, status


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
    ben: Person,
) -> AsyncIterator[Scene]:
    """Mia has the ticket; Sara and Omar supervise its team and Otto another one; Ada is an admin."""
    playbooks = InForce(PLAYBOOK)
    raw = await asyncpg.connect(plain_dsn(database))
    await understand_json(raw)
    screens = {"mia": mia, "ben": ben}
    for name in COLLEAGUES:
        screens[name] = workspace.add_user(name, f"{name}@desk.example")
        support.members.add(screens[name].id)
    async with staffed(engine, store, workspace, config, slack, support, playbooks) as made:
        await made.desk.add_team("Elsewhere", "C9")
        for name, (role, team) in COLLEAGUES.items():
            await made.desk.add_person(name.title(), f"{name}@desk.example", role, team)
        people = {each.name.lower(): each for each in await made.desk.people()}
        other = await opened_by_ai(made.desk.start())
        await made.press(mia, Action.CLAIM)
        await made.show()
        yield Scene(made, playbooks, people, screens, raw, other.id)
    await raw.close()


Deed = Callable[[Scene], Awaitable[object]]


def with_rule(**changes: Any) -> Deed:
    async def rule_is(scene: Scene) -> None:
        scene.playbooks.playbook = ruled(**changes)

    return rule_is


async def without_rule(scene: Scene) -> None:
    scene.playbooks.playbook = replace(PLAYBOOK, approvals={})


def now_is(change: str) -> Deed:
    return lambda scene: scene.ticket(change)


def holding(**fields: str) -> Deed:
    return lambda scene: scene.holds(**fields)


def asked_by(who: str) -> Deed:
    return lambda scene: scene.ask(who)


def delegated(person: str, to: str, *, over: bool = False) -> Deed:
    async def name_delegate(scene: Scene) -> None:
        await scene.office.desk.delegate(f"{person}@desk.example", f"{to}@desk.example", utc_now() + timedelta(days=1))
        if over:
            await scene.raw.execute("UPDATE delegation SET until = now() - interval '1 second'")

    return name_delegate


async def rejected(scene: Scene) -> None:
    approval = await scene.ask()
    await scene.office.desk.decide(approval.id, Verdict.REJECT, by=scene.people["sara"], reason="No.")


async def used(scene: Scene) -> None:
    """Granted, gone through, and back again."""
    approval = await scene.ask()
    await scene.office.desk.decide(approval.id, Verdict.APPROVE, by=scene.people["sara"])
    await scene.office.desk.change_status(scene.office.ticket.id, "refunded", by=scene.people["mia"])
    await scene.ticket("status = 'working', status_category = 'active', status_since = now()")


@dataclass(frozen=True)
class Asking:
    """Before asking; and what became of all requests."""

    before: tuple[Deed, ...] = ()
    states: tuple[str, ...] = ("waiting",)
    given: Mapping[str, str] = field(default_factory=dict)
    to: str = "refunded"


ASKING = {
    "it is needed": Asking(),
    "it was asked for": Asking((asked_by("mia"),)),
    "it was asked for another amount": Asking((asked_by("mia"), holding(amount="300.00")), ("void", "waiting")),
    "it was rejected": Asking((rejected,), ("rejected", "waiting")),
    "it was used": Asking((used,), ("used", "waiting")),
    "up to 200 nobody is asked": Asking((holding(amount="200.00"),), ()),
    "what the status requires is missing": Asking((holding(order="78932"),), ()),
    "what the status requires is given": Asking((holding(order="78932"),), given={"amount": "300"}),
    "what is given is wrong": Asking((holding(order="78932"),), (), given={"amount": "300 EUR"}),
    "what is given needs none": Asking((holding(order="78932"),), (), given={"amount": "20"}),
    "nobody could agree": Asking((with_rule(quorum=9),), ()),
    "there is no such way": Asking((now_is("status = 'checked'"),), ()),
    "there is no such status": Asking(to="on_fire", states=()),
    "the way is not theirs": Asking(to="checked", states=()),
    "it was no ticket": Asking((now_is("discarded_at = now()"),), ()),
    "it goes on as another ticket": Asking((now_is("merged_into = :other"),), ()),
}


async def ask_by_use_case(scene: Scene, case: Asking) -> None:
    desk, ticket_id = scene.office.desk, scene.office.ticket.id
    await desk.request_approval(ticket_id, case.to, "Broken.", by=scene.people["mia"], given=case.given)


async def ask_in_slack(scene: Scene, case: Asking) -> None:
    mia = scene.screens["mia"]
    view = await scene.office.press(mia, Action.STATUS)
    if view is None:
        return  # there is nothing to choose from
    filled: dict[str, Any] = {Field.STATUS: case.to}
    await mia.press_in(view, Field.STATUS, value=case.to, values={})
    filled |= {f"f:{key}": value for key, value in case.given.items()}
    if case.given and not _asks_why(mia):
        await mia.submit(view, filled)  # it is drawn anew, and asks
    if mia.modals() and _asks_why(mia):
        await mia.submit(view, filled | {Field.WHY: "Broken."})


def _asks_why(mia: Person) -> bool:
    return any(block["block_id"] == Field.WHY for block in mia.modals()[-1]["blocks"])


async def ask_as_ai(scene: Scene, case: Asking) -> None:
    uow, read = scene.office.desk.start(), dict.fromkeys(case.given, Evidence(0.9))
    ticket_id, now = scene.office.ticket.id, utc_now()
    await request_approval(ticket_id, case.to, "Broken.", by=AI, given=case.given, read=read, uow=uow, now=now)


async def test_asking_comes_to_the_same_at_each_door(scene: Scene) -> None:
    found, wanted = {}, {}
    for door, (name, case) in product((ask_by_use_case, ask_in_slack, ask_as_ai), ASKING.items()):
        what = f"{door.__name__}: {name}"
        await scene.begins()
        for deed in case.before:
            await deed(scene)
        before, _, here = await scene.standing()
        with suppress(Refused, CannotDo):
            await door(scene, case)
        for modal in scene.screens["mia"].modals():
            await scene.screens["mia"].close(modal["id"])
        await review(scene.office.ticket.id, uow=scene.office.desk.start(), now=utc_now())
        states, said, status = await scene.standing()
        found[what], wanted[what] = tuple(states), case.states
        needed_none = name == "what is given needs none" and door is ask_in_slack  # the form does what it says
        assert status == ("refunded" if needed_none else here), what
        assert said == (name in ("it was rejected", "it was used")), what
        asked = await scene.raw.fetch("SELECT requester, amount FROM approval ORDER BY requested_at, id")
        requester = "Threadline AI" if door is ask_as_ai else "Mia"
        assert {each["requester"] for each in asked[len(before) :]} <= {requester}, what
        if case.given and states:
            assert asked[-1]["amount"] == "300.00", what
    assert found == wanted


@dataclass(frozen=True)
class Say:
    who: str
    verdict: Verdict = Verdict.APPROVE
    reason: str = ""


SARA, OMAR, NO = Say("sara"), Say("omar"), Say("omar", Verdict.REJECT, "Too much.")


@dataclass(frozen=True)
class Deciding:
    """What somebody says to the request of `asks`; what is so `before` it was asked, and `meanwhile`."""

    says: tuple[Say, ...]
    states: tuple[str, ...]
    counted: int  # how many had their say
    before: tuple[Deed, ...] = ()
    meanwhile: tuple[Deed, ...] = ()
    asks: str = "mia"


TWO = (with_rule(quorum=2),)
SARAS = (now_is("assignee_id = (SELECT id FROM person WHERE name = 'Sara')"),)
EXPIRED: Deed = lambda scene: scene.raw.execute("UPDATE approval SET expires_at = now() - interval '1 second'")  # noqa: E731
DECIDING = {
    "a supervisor agrees": Deciding((SARA,), ("approved",), 1),
    "a supervisor rejects": Deciding((NO,), ("rejected",), 1),
    "a rejection without a reason": Deciding((replace(NO, reason=" "),), ("waiting",), 0),
    "an admin agrees": Deciding((Say("ada"),), ("approved",), 1),
    "an agent": Deciding((Say("ben"), replace(NO, who="ben")), ("waiting",), 0),
    "a supervisor of another team": Deciding((Say("otto"), replace(NO, who="otto")), ("waiting",), 0),
    "who asked": Deciding((Say("mia"),), ("waiting",), 0),
    "who asked, a supervisor": Deciding((SARA, replace(NO, who="sara")), ("waiting",), 0, SARAS, asks="sara"),
    "who asked, as a delegate": Deciding((Say("mia"),), ("waiting",), 0, (delegated("sara", "mia"),)),
    "the delegate of who asked": Deciding(
        (Say("ben"),), ("waiting",), 0, (*SARAS, delegated("sara", "ben")), asks="sara"
    ),
    "a delegate": Deciding((Say("ben"),), ("approved",), 1, (delegated("sara", "ben"),)),
    "a delegate whose time is over": Deciding((Say("ben"),), ("waiting",), 0, (delegated("sara", "ben", over=True),)),
    "one of two": Deciding((SARA,), ("waiting",), 1, TWO),
    "two of two": Deciding((SARA, OMAR), ("approved",), 2, TWO),
    "one of two, twice": Deciding((SARA, SARA), ("waiting",), 1, TWO),
    "one of two agrees, the other does not": Deciding((SARA, NO), ("rejected",), 2, TWO),
    "one of two, and their delegate": Deciding((Say("ben"), SARA), ("waiting",), 1, (*TWO, delegated("sara", "ben"))),
    "it was approved": Deciding((SARA, NO), ("approved",), 1),
    "it was rejected": Deciding((NO, SARA), ("rejected",), 1),
    "it has expired": Deciding((SARA,), ("expired", "waiting"), 0, (), (EXPIRED,)),
    "it has expired, and ends": Deciding(
        (SARA,), ("expired",), 0, (with_rule(then=PLAYBOOK.approvals["big"].then.REJECT),), (EXPIRED,)
    ),
    "the amount changed": Deciding((SARA,), ("void",), 0, (), (holding(amount="2500.00", order="78932"),)),
    "what it binds changed": Deciding((SARA,), ("void",), 0, (), (holding(amount="250.00", order="1"),)),
    "the category changed": Deciding((SARA,), ("void",), 0, (), (now_is("category = 'other'"),)),
    "the rule changed": Deciding((SARA,), ("void",), 0, (), TWO),
    "the rule is gone": Deciding(
        (SARA,),
        ("void",),
        0,
        (),
        (without_rule,),
    ),
    "it went elsewhere": Deciding((SARA,), ("void",), 0, (), (now_is("status = 'open'"),)),
    "it went elsewhere and came back": Deciding((SARA,), ("void",), 0, (), (now_is("status_since = now()"),)),
    "it was no ticket": Deciding((SARA,), ("void",), 0, (), (now_is("discarded_at = now()"),)),
    "it goes on as another ticket": Deciding((SARA,), ("void",), 0, (), (now_is("merged_into = :other"),)),
    "it goes on as another ticket, rejected": Deciding((NO,), ("void",), 0, (), (now_is("merged_into = :other"),)),
    "somebody else has it now": Deciding((SARA,), ("approved",), 1, (), (now_is("assignee_id = NULL"),)),
}


async def decide_by_use_case(scene: Scene, approval: Approval, say: Say) -> None:
    await scene.office.desk.decide(approval.id, say.verdict, by=scene.people[say.who], reason=say.reason)


async def decide_in_slack(scene: Scene, approval: Approval, say: Say) -> None:
    """On the post as it was when it came: nobody has drawn it anew."""
    office, person = scene.office, scene.screens[say.who]
    shown = "SELECT slack_ts FROM room_entry WHERE approval_id = $1 AND NOT is_outcome"
    ts = await scene.raw.fetchval(shown, approval.id)
    action = Action.APPROVE if say.verdict is Verdict.APPROVE else Action.REJECT
    done = await person.press(office.support, ts, action)
    assert done.outcome == "acknowledged"
    for modal in person.modals():
        await person.submit(modal["id"], {Field.TEXT: say.reason})
        if person.modals():
            await person.close(modal["id"])


async def nobody_but_people_decides(scene: Scene, approval: Approval, say: Say) -> None:
    for actor in (AI, AUTOMATION, SYSTEM, customer_acting(scene.office.ticket.customer_id, "Anna")):
        uow, now = scene.office.desk.start(), utc_now()
        with pytest.raises(PermissionRefused):
            await decide_approval(approval.id, say.verdict, by=actor, reason=say.reason, uow=uow, now=now)


async def test_deciding_comes_to_the_same_at_each_door_and_is_for_people(scene: Scene) -> None:
    found, wanted = {}, {}
    for door, (name, case) in product((decide_by_use_case, decide_in_slack), DECIDING.items()):
        await scene.begins()
        for deed in case.before:
            await deed(scene)
        approval = await scene.ask(case.asks)
        if door is decide_in_slack:
            await scene.office.show()
        for deed in case.meanwhile:
            await deed(scene)
        for say in case.says:
            await nobody_but_people_decides(scene, approval, say)  # or it would count
            with suppress(Refused):
                await door(scene, approval, say)
        states, said, _ = await scene.standing()
        found[f"{door.__name__}: {name}"] = (states, said)
        wanted[f"{door.__name__}: {name}"] = (list(case.states), case.counted)
    assert found == wanted
