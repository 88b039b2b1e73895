"""What the AI does with a ticket, in Slack: on the card and in the thread, and what people press about it."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.client import Slack
from bot.config import SlackConfig
from bot.intents import Action, Choice
from core.ids import new_id
from core.instants import utc_now
from emulators.slack import Channel, Person, Workspace, as_text
from storage.database import Database
from tests.bot.office import EITHER_WAY, Office, staffed, told
from tests.playbooks import InForce
from tests.storage.resolving import returns
from tests.ticketing.resolution.runs import BEGUN, CALLED, LOOKED_UP, PROPOSED, RUN, a_step, a_verdict
from ticketing.approvals.for_action import request_for_action
from ticketing.people.actor import AI
from ticketing.people.person import Role
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.run import Run, RunState, Step, StepKind, StepState

SOME = (PROPOSED, LOOKED_UP, a_verdict())


@pytest.fixture
async def office(
    engine: AsyncEngine,
    store: Database,
    workspace: Workspace,
    config: SlackConfig,
    slack: Slack,
    support: Channel,
    mia: Person,
    by_socket: bool,
) -> AsyncIterator[Office]:
    """A desk whose AI works on returns."""
    playbooks = InForce(returns())
    async with staffed(engine, store, workspace, config, slack, support, playbooks, by_socket=by_socket) as made:
        await made.rooms.remember_user(mia.id, "mia@desk.example", now=utc_now())
        yield made


async def begun(office: Office, *steps: Step, **fields: Any) -> Run:
    """The AI works on the ticket, and has come so far."""
    ticket = office.ticket
    run = replace(
        RUN,
        id=new_id(),
        ticket_id=ticket.id,
        conversation_id=ticket.conversation_id,
        customer_id=ticket.customer_id,
        begun_at=utc_now(),
        version=1,
    )
    async with office.desk.start() as uow:
        assert await uow.runs.add(run)
    return await gets_on(office, run, *steps, **fields)


async def gets_on(office: Office, run: Run, *steps: Step, **fields: Any) -> Run:
    keyed = [replace(each, run_id=run.id, key=f"run:{run.id}:{each.place}" if each.key else None) for each in steps]
    async with office.desk.start() as uow:
        saved = await uow.runs.save(replace(run, **fields), keyed)
    await office.show()
    return saved


def card(office: Office) -> str:
    return as_text(office.workspace.message(office.support, office.ts), columns=20_000)


def posts(office: Office) -> list[dict[str, Any]]:
    return [dict(each) for each in office.workspace.thread(office.support, office.ts)[1:]]


def entries(office: Office) -> list[dict[str, Any]]:
    """What stands in the thread of what the AI does."""
    return [each for each in posts(office) if "What the AI did" in as_text(each)]


async def test_it_is_one_line_on_the_card_and_one_post_in_the_thread_that_changes_as_it_gets_on(office: Office) -> None:
    run = await begun(office, *SOME, replace(BEGUN, place=3))
    for words in (
        "The AI is working on it: Refund 89.00 USD",
        "✓ order 78932 found",
        "2 of 2 rules hold: allowed",
        "… Refund 89.00",
    ):
        assert words in card(office)
    (post,) = entries(office)
    assert "It arrived broken." in as_text(post)
    ended = replace(BEGUN, place=3, state=StepState.DONE, outcome="done", ended_at=BEGUN.begun_at)
    told_them = a_step(4, StepKind.TELL, "refund_sent")
    later = run.begun_at + timedelta(seconds=4.2)
    await gets_on(office, run, ended, told_them, state=RunState.DONE, ended_at=later, why="Refund: done.")
    (same,) = entries(office)
    assert same["ts"] == post["ts"]
    for shown in (card(office), as_text(same)):
        assert "Done by the AI in 4.2 s: Refund 89.00 USD" in shown
        assert "Take over from the AI" not in shown
    assert "told the customer: Refund sent" in as_text(same)


async def test_what_it_only_tries_out_is_shown_to_nobody(office: Office) -> None:
    ticket = office.ticket
    shadow = replace(
        RUN,
        id=new_id(),
        ticket_id=ticket.id,
        conversation_id=ticket.conversation_id,
        customer_id=ticket.customer_id,
        autonomy=Autonomy.SHADOW,
    )
    async with office.desk.start() as uow:
        assert await uow.runs.add(shadow)
    await gets_on(office, shadow, *SOME, state=RunState.SHADOWED, ended_at=utc_now())
    assert "The AI" not in card(office)
    assert entries(office) == []


@EITHER_WAY
async def test_taken_over_it_stops_and_the_ticket_is_theirs(office: Office, mia: Person) -> None:
    run = await begun(office, *SOME)
    await office.press(mia, Action.RUN_TAKE_OVER)
    by = await office.desk.person_by_email("mia@desk.example")
    assert by is not None
    assert (await office.now())["assignee_id"] == by.id
    assert (await office.desk.run(run.id))[0].state is RunState.STOPPED
    await office.show()
    assert "The AI has stopped" in card(office)
    assert "Mia has taken it over." in card(office)


async def test_a_suggestion_is_carried_out_from_the_thread_and_whoever_comes_second_is_told(
    office: Office, mia: Person
) -> None:
    run = await begun(office, *SOME, state=RunState.SUGGESTED, autonomy=Autonomy.SUGGEST)
    assert "The AI suggests: Refund 89.00 USD" in card(office)
    assert "Order: 78932" in card(office)
    (post,) = entries(office)
    assert (await mia.press(office.support, post["ts"], Action.RUN_DO)).outcome == "acknowledged"
    stored, _ = await office.desk.run(run.id)
    assert (stored.state, stored.why) == (RunState.WORKING, "Mia said: do it.")
    await office.press(mia, Action.RUN_NOT)  # the card still shows it
    assert "suggests nothing here any more" in told(mia)
    assert (await office.desk.run(run.id))[0].state is RunState.WORKING


async def test_not_this_ends_it(office: Office, mia: Person) -> None:
    run = await begun(office, *SOME, state=RunState.SUGGESTED, autonomy=Autonomy.SUGGEST)
    await office.press(mia, Action.RUN_NOT)
    assert (await office.desk.run(run.id))[0].state is RunState.STOPPED
    await office.show()
    assert "Mia said: not this." in card(office)


async def test_who_is_no_agent_may_press_none_of_it(office: Office, workspace: Workspace) -> None:
    stranger = workspace.add_user("eve", "eve@elsewhere.example")
    office.support.members.add(stranger.id)
    run = await begun(office, *SOME)
    for action in (Action.RUN_TAKE_OVER, Action.RUN_STORY):
        assert await office.press(stranger, action) is None
        assert "You are not in Threadline" in told(stranger)
    assert (await office.desk.run(run.id))[0].state is RunState.WORKING


async def test_what_it_did_is_told_step_by_step_a_page_at_a_time(office: Office, mia: Person) -> None:
    failed = a_verdict("refused", theirs=False)
    more = [a_step(n, StepKind.LOOK_UP, "lookup_order", inputs={"arguments": {"order": str(n)}}) for n in range(3, 20)]
    act = replace(CALLED, outcome="unknown", place=20)
    run = await begun(office, PROPOSED, LOOKED_UP, failed, *more, act)
    view = await office.press(mia, Action.RUN_STORY)
    story = as_text(mia.modals()[-1], columns=20_000)
    for words in (
        "1. ✓ the brain (offline) proposes",
        "It arrived broken.",
        "✗ theirs: The order is theirs",
        "✓ small",
    ):
        assert words in story
    assert "Order total: 89" in story
    assert "Page 1 of 2" in story
    assert (await mia.press_in(view, Action.RUN_ON)).outcome == "acknowledged"
    later = as_text(mia.modals()[-1], columns=20_000)
    assert f"The other side knows the call as run:{run.id}:20" in later  # whoever looks there needs it
    assert "run:" not in story
    assert "Page 2 of 2" in later
    assert (await mia.press_in(view, Action.RUN_BACK)).outcome == "acknowledged"
    assert "Page 1 of 2" in as_text(mia.modals()[-1])


async def test_a_request_shows_what_was_found_out_and_still_does_when_it_is_decided(
    office: Office, mia: Person, workspace: Workspace
) -> None:
    sara = workspace.add_user("sara", "sara@desk.example")
    office.support.members.add(sara.id)
    await office.desk.add_person("Sara", "sara@desk.example", Role.SUPERVISOR)
    run = await begun(office, PROPOSED, LOOKED_UP, a_verdict("needs_approval", theirs=False))
    async with office.desk.start() as uow:
        ticket = await uow.tickets.lock(office.ticket.id)
        asked = await request_for_action(
            ticket, "refund_over_200", "issue_refund", "It is large.", called_with="d", by=AI, uow=uow, now=utc_now()
        )
    step = a_step(3, StepKind.ASK_APPROVAL, "refund_over_200", outputs={"approval": str(asked.id)})
    run = await gets_on(office, run, step, state=RunState.WAITING_FOR_APPROVAL, approval_id=asked.id)
    assert "The AI waits for a supervisor of its team: Refund 89.00 USD" in card(office)
    assert "Waits for approval" not in card(office)  # said once
    assert "see the request" in card(office)

    def request() -> str:
        return next(as_text(each, columns=20_000) for each in posts(office) if "Refund over 200" in each["text"])

    for words in (
        "asked for by Threadline AI",
        "For: Refund",
        "Order total: 89",
        "✗ theirs: The order is theirs",
        "✓ small",
    ):
        assert words in request()
    newer = a_verdict("allowed", place=4)  # what was asked about stays what it was
    await gets_on(office, run, newer, state=RunState.WORKING)
    assert "✗ theirs" in request()
    post = next(each["ts"] for each in posts(office) if "Refund over 200" in each["text"])
    assert (await sara.press(office.support, post, Action.REJECT)).outcome == "acknowledged"
    assert "✗ theirs: The order is theirs" in as_text(sara.modals()[-1], columns=20_000)


async def test_a_settled_card_says_in_its_line_who_solved_it_and_leads_there(office: Office, mia: Person) -> None:
    run = await begun(office, *SOME)
    ended = run.begun_at + timedelta(seconds=2)
    await gets_on(office, run, state=RunState.DONE, ended_at=ended)
    async with office.engine.begin() as connection:
        await connection.execute(text("UPDATE ticket SET status = 'closed', status_category = 'closed'"))
    await office.show()
    assert "by the AI in 2.0 s (refund 89.00 USD)" in card(office)
    await office.press(mia, Action.MORE, Choice.STORY)
    assert "What the AI did" in json.dumps(mia.modals()[-1])
