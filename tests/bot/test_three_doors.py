"""The same rules behind three doors: the desk's own use case, the form in Slack, and the AI as an actor.

One playbook with every kind of rule for a transition; each is tried at each door, and what happens is the same.
"""

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.client import Slack
from bot.config import SlackConfig
from bot.intents import Action, Field
from core.errors import Refused
from core.instants import utc_now
from emulators.slack import Channel, Person, Workspace
from emulators.slack.forms import NoSuchOption
from storage.database import Database
from tests.bot.office import Office, staffed
from tests.playbooks import InForce, a_playbook
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
    fields: [refund_amount, reason]
    examples: [I want my money back]
lifecycles:
  only:
    label: Only
    created_in: open
    statuses:
      open: {label: Open, category: open}
      working: {label: Working, category: active}
      explained: {label: Explained, category: active, requires: [reason]}
      cheap: {label: Cheap, category: active}
      refunded: {label: Refunded, category: resolved}
      checked: {label: Checked, category: resolved}
      closed: {label: Closed, category: closed, requires: [note]}
    transitions:
      - {from: open, to: [working, explained, refunded], by: [assignee, ai]}
      - {from: open, to: cheap, by: [assignee, ai], when: fields.refund_amount < 100}
      - {from: open, to: checked, by: [supervisor]}
      - {from: [working, explained, cheap, refunded, checked, open], to: closed, by: [assignee, ai]}
      - {from: working, to: refunded, by: [assignee, ai], approval: big_refund}
      - {from: [working, explained, cheap], to: open}
fields:
  refund_amount: {label: Refund amount, kind: money, currency: USD}
  reason: {label: Reason, kind: dropdown, options: {broken: Broken, late: Late}}
approvals:
  big_refund:
    label: Refund over 200
    when: fields.refund_amount > 200
    approvers: [supervisor]
    binds: [refund_amount]
""")


@dataclass(frozen=True)
class Case:
    here: str
    to: str
    moved: bool
    note: str = ""
    fields: dict[str, Any] = field(default_factory=dict)


CASES = {
    "an arrow": Case("open", "working", moved=True),
    "no arrow": Case("working", "checked", moved=False),
    "no such status": Case("open", "on_fire", moved=False),
    "somebody else's arrow": Case("open", "checked", moved=False),
    "a condition holds": Case("open", "cheap", moved=True, fields={"refund_amount": "99.99"}),
    "a condition does not hold": Case("open", "cheap", moved=False, fields={"refund_amount": "100.00"}),
    "a condition has no answer": Case("open", "cheap", moved=False),
    "a field is missing": Case("open", "explained", moved=False),
    "the field is there": Case("open", "explained", moved=True, fields={"reason": "late"}),
    "the note is missing": Case("open", "closed", moved=False),
    "the note is there": Case("open", "closed", moved=True, note="Sent a new one."),
    "an approval is needed": Case("working", "refunded", moved=False, fields={"refund_amount": "200.01"}),
    "an approval is not needed": Case("working", "refunded", moved=True, fields={"refund_amount": "200.00"}),
    "nobody knows whether one is needed": Case("working", "refunded", moved=False),
}


@pytest.fixture
async def office(
    engine: AsyncEngine,
    store: Database,
    workspace: Workspace,
    config: SlackConfig,
    slack: Slack,
    support: Channel,
    mia: Person,
) -> AsyncIterator[Office]:
    """Mia has the ticket."""
    async with staffed(engine, store, workspace, config, slack, support, InForce(PLAYBOOK)) as made:
        await made.press(mia, Action.CLAIM)
        yield made


async def _stands(office: Office, case: Case) -> None:
    """The ticket as this case finds it, and its card."""
    category = PLAYBOOK.lifecycle("return").status(case.here).category.value
    values = {"status": case.here, "category": category, "fields": json.dumps(case.fields), "id": office.ticket.id}
    async with office.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE ticket SET status = :status, status_category = :category, resolved_at = NULL,"
                " fields = CAST(:fields AS jsonb), version = version + 1 WHERE id = :id"
            ),
            values,
        )
    await office.show()


async def _mia(office: Office) -> Colleague:
    found = await office.desk.person_by_email("mia@desk.example")
    assert found is not None
    return found


async def _use_case(office: Office, case: Case, mia: Person) -> None:
    await office.desk.change_status(office.ticket.id, case.to, by=await _mia(office), note=case.note)


async def _slack(office: Office, case: Case, mia: Person) -> None:
    view = await office.press(mia, Action.STATUS)
    try:
        filled: dict[str, Any] = {Field.STATUS: case.to}
        await mia.submit(view, filled | ({Field.NOTE: case.note} if case.note else {}))
    except NoSuchOption:
        return  # it is not even offered


async def _ai(office: Office, case: Case, mia: Person) -> None:
    await change_status(office.ticket.id, case.to, by=AI, note=case.note, uow=office.desk.start(), now=utc_now())


@pytest.mark.parametrize("door", [_use_case, _slack, _ai], ids=["use case", "Slack", "AI"])
async def test_every_rule_of_a_transition_holds_at_this_door(office: Office, mia: Person, door: Any) -> None:
    moved = {}
    for name, case in CASES.items():
        await _stands(office, case)
        with contextlib.suppress(Refused):
            await door(office, case, mia)
        moved[name] = (await office.now())["status"] == case.to
        records = await office.all("SELECT kind FROM activity WHERE stream_id = :id", id=office.ticket.id)
        done = sum(each["kind"] == "status.changed" for each in records)
        assert done == sum(moved.values()), name
        for modal in mia.modals():
            await mia.close(modal["id"])
    assert moved == {name: case.moved for name, case in CASES.items()}
