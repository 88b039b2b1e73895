"""An agent runs an action from a ticket's screen: against the demo shop, once, and on the ticket's record."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from ai.actions.desk_actions import DeskActions
from ai.actions.registry import Catalogue
from bot.client import Slack
from bot.config import SlackConfig
from bot.handlers.run_action import show_outcome
from bot.intents import Action, Work
from bot.reach import WorkersReach
from core.instants import utc_now
from emulators.server import Served
from emulators.slack import Channel, Person, Workspace, as_text
from examples.actions import shop as shop_actions
from examples.shop.api import application
from examples.shop.shop import Shop
from examples.shop.values import Destination
from storage.database import Database
from tests.bot.office import Office, staffed
from tests.playbooks import InForce
from tests.storage.resolving import CLARA, returns
from threadline import Action as Declared
from threadline import Context, OutcomeUnknown, action
from ticketing.approvals.approval import Verdict
from ticketing.people.person import Role
from ticketing.resolution.act import StillAway
from ticketing.resolution.made_by_hand import make_call


@action(writes=True, may=["agent"], idempotent=False, approval="arguments.euros > 50")
async def send_voucher(context: Context, euros: int, express: bool = False, notes: list[str] | None = None) -> str:
    """Send a voucher by post."""
    SENT.append((context.idempotency_key, euros, express, notes or []))
    if euros == 13:
        raise OutcomeUnknown("The post office did not answer.")
    return f"{euros} on their way"


SENT: list[Any] = []


@pytest.fixture
async def actions() -> AsyncIterator[tuple[DeskActions, Shop]]:
    shop = Shop(key="the key", now=utc_now())
    known: list[Declared] = [shop_actions.lookup_order, shop_actions.issue_refund, send_voucher]
    SENT.clear()
    async with Served(application(shop)) as served:
        desk = DeskActions(Catalogue(known), settings={"shop_url": served.url, "shop_token": "the key"})
        yield desk, shop
        await desk.close()


@pytest.fixture
async def office(
    engine: AsyncEngine,
    store: Database,
    workspace: Workspace,
    config: SlackConfig,
    slack: Slack,
    support: Channel,
    mia: Person,
    actions: tuple[DeskActions, Shop],
) -> AsyncIterator[Office]:
    """Mia has the ticket, which is being investigated."""
    playbooks = InForce(returns())
    async with staffed(engine, store, workspace, config, slack, support, playbooks, actions=actions[0].of) as made:
        await made.press(mia, Action.CLAIM)
        async with engine.begin() as connection:  # the customer is the shop's Clara, by a verified number
            await connection.execute(text("UPDATE identity SET phone = :it, verified_at = now()"), {"it": CLARA})
        by = await made.desk.person_by_email("mia@desk.example")
        assert by is not None
        await made.desk.change_status(made.ticket.id, "investigating", by=by)
        await made.desk.set_fields(made.ticket.id, {"resolution": "refund", "refund_amount": "1.00"}, by=by)
        await made.show()
        yield made


async def form(office: Office, person: Person, name: str) -> str:
    """Choose it, behind More."""
    screen = await office.press(person, Action.WORK)
    done = await person.press_in(screen, Work.ACTION)
    assert done.outcome == "acknowledged", done
    view: str = person.modals()[-1]["id"]
    await person.press_in(view, Action.CHOOSE_ACTION, value=name)
    return view


async def check(person: Person, view: str, name: str, **typed: Any) -> str:
    """Fill it in and press Next; what the form says then."""
    done = await person.submit(view, {f"argument:{name}:{key}": value for key, value in typed.items()})
    return " ".join((done.errors or {}).values()) or says(person)


async def run(person: Person, view: str, name: str, **typed: Any) -> str:
    """… and Run it."""
    await check(person, view, name, **typed)
    done = await person.press_in(view, Action.RUN_ACTION)
    assert done.outcome == "acknowledged", done
    return says(person)


def says(person: Person) -> str:
    return as_text(person.modals()[-1], columns=2_000)


async def work(office: Office, actions: DeskActions, job: str = "1") -> None:
    """What a worker does with the newest."""
    row = await office.one("SELECT id FROM hand_call ORDER BY asked_at DESC LIMIT 1")
    call = await make_call(row["id"], actions=actions.of, start=office.desk.start, clock=utc_now, job=job)
    await show_outcome(WorkersReach(office.desk, office.rooms, office.slack, utc_now), call)


async def test_what_is_looked_up_shows_in_the_form_and_to_nobody_else(
    office: Office, mia: Person, actions: tuple[DeskActions, Shop]
) -> None:
    view = await form(office, mia, "lookup_order")
    assert "Look an order up" in says(mia)
    assert "Running…" in await run(mia, view, "lookup_order", order="78932")
    await work(office, actions[0])
    assert "✅ Done: Lookup order" in says(mia)
    assert "Number: 78932" in says(mia)
    await office.show()
    assert not any("lookup_order" in as_text(each) for each in office.workspace.thread(office.support, office.ts))


async def test_a_write_asks_once_more_is_done_once_and_stands_in_the_thread_and_in_the_fields(
    office: Office, mia: Person, actions: tuple[DeskActions, Shop]
) -> None:
    desk, shop = actions
    view = await form(office, mia, "issue_refund")
    sure = await check(mia, view, "issue_refund", order="78932", amount="89.00", reason="damaged")
    assert "It changes something in another system" in sure
    assert "Amount: 89.00" in sure
    assert not shop.books.gateway.of("ch_78932")
    await mia.press_in(view, Action.RUN_ACTION)
    for job in ("1", "1", "2"):  # delivered more than once
        await work(office, desk, job)
    assert [each.given.amount for each in shop.books.gateway.of("ch_78932")] == [8900]
    assert "✅ Done: Issue refund" in says(mia)
    assert "Filled in: Refund." in says(mia)
    assert (await office.now())["fields"]["refund_amount"] == "89.00"
    await office.show()
    thread = "\n".join(as_text(each, columns=2_000) for each in office.workspace.thread(office.support, office.ts))
    assert thread.count("Ran issue_refund") == 1
    (record,) = await office.all("SELECT actor_name, after FROM activity WHERE kind = 'action.called'")
    assert (record["actor_name"], record["after"]["action"], record["after"]["outcome"]) == (
        "Mia",
        "issue_refund",
        "done",
    )


async def test_killed_while_it_was_made_it_is_asked_again_with_the_same_key_or_told_that_it_may_have_been_done(
    office: Office, mia: Person, actions: tuple[DeskActions, Shop]
) -> None:
    desk, shop = actions
    began = "UPDATE hand_call SET begun_at = now(), job = '1' RETURNING id"

    async def dies() -> None:
        async with office.engine.begin() as connection:
            await connection.execute(text(began))

    view = await form(office, mia, "issue_refund")
    await run(mia, view, "issue_refund", order="78932", amount="89.00")
    await dies()
    with pytest.raises(StillAway):  # another job: whoever began may still be at it
        await work(office, desk, "2")
    await work(office, desk, "1")
    await work(office, desk, "1")
    assert [each.given.amount for each in shop.books.gateway.of("ch_78932")] == [8900]

    view = await form(office, mia, "send_voucher")
    await run(mia, view, "send_voucher", euros="20")
    await dies()
    await work(office, desk, "1")
    assert SENT == []  # asked again it could be sent twice
    assert "Nobody knows whether it was done" in says(mia)
    assert "look there before you do it again" in says(mia)


async def test_its_approval_condition_holds_for_people_too_and_what_was_agreed_to_is_run_once(
    office: Office, mia: Person, actions: tuple[DeskActions, Shop]
) -> None:
    view = await form(office, mia, "send_voucher")
    for _ in range(2):
        said = await check(mia, view, "send_voucher", euros="80", express="yes", notes='["by hand"]')
        assert "This needs an approval: Refund" in said
    (asked,) = await office.all("SELECT id, requester, action FROM approval")
    assert (asked["requester"], asked["action"]) == ("Mia", "send_voucher")
    ben = await office.desk.person_by_email("ben@desk.example")
    assert ben is not None
    await office.desk.decide(asked["id"], Verdict.APPROVE, by=ben)
    assert "This needs an approval" in await check(mia, view, "send_voucher", euros="81")  # he agreed to 80
    assert "Running…" in await run(mia, view, "send_voucher", euros="80", express="yes", notes='["by hand"]')
    await work(office, actions[0])
    assert [each[1:] for each in SENT] == [(80, True, ["by hand"])]
    assert "Result: 80 on their way" in says(mia)


async def test_what_it_does_not_take_and_who_may_not_are_told_in_the_form_which_keeps_what_was_typed(
    office: Office, mia: Person, ben: Person, actions: tuple[DeskActions, Shop]
) -> None:
    view = await form(office, mia, "send_voucher")
    assert "euros is not of the right kind" in await check(mia, view, "send_voucher", euros="many")
    assert "notes is no JSON" in await check(mia, view, "send_voucher", euros="5", notes="[")
    view = await form(office, ben, "send_voucher")
    assert "You may not run actions for this ticket" in await check(ben, view, "send_voucher", euros="5")
    assert await office.all("SELECT id FROM hand_call") == []


async def test_pressed_twice_it_is_made_once(office: Office, mia: Person, actions: tuple[DeskActions, Shop]) -> None:
    view = await form(office, mia, "send_voucher")
    await check(mia, view, "send_voucher", euros="5")
    assert await office.all("SELECT id FROM hand_call WHERE form <> '{}'") == []
    first, second = await asyncio.gather(*(mia.press_in(view, Action.RUN_ACTION) for _ in range(2)))
    assert (first.outcome, second.outcome) == ("acknowledged", "acknowledged")
    rows = await office.all("SELECT id FROM hand_call WHERE form <> '{}'")
    assert len(rows) == 1  # pressed twice, one form waits


async def test_who_does_not_know_is_told_so(office: Office, mia: Person, actions: tuple[DeskActions, Shop]) -> None:
    view = await form(office, mia, "send_voucher")
    await run(mia, view, "send_voucher", euros="13")
    await work(office, actions[0])
    assert "The post office did not answer." in says(mia)
    assert "look there before you do it again" in says(mia)


async def test_by_hand_nobody_gets_past_the_policy_whose_values_take_the_place_of_what_was_typed(
    office: Office, mia: Person, actions: tuple[DeskActions, Shop]
) -> None:
    desk, shop = actions
    await office.desk.add_person("Sara", "sara@desk.example", Role.SUPERVISOR)
    view = await form(office, mia, "issue_refund")
    theirs = await check(mia, view, "issue_refund", order="78990", amount="1.00")
    assert "policy says no: Refunds go to whoever bought it" in theirs  # somebody else's order
    assert "policy says no: There is no such order" in await check(mia, view, "issue_refund", order="1", amount="1.00")
    large = await check(mia, view, "issue_refund", order="78951", amount="1.00")
    assert "This needs an approval: Refund over 200" in large
    (asked,) = await office.all("SELECT id, rule, why FROM approval")
    assert asked["rule"] == "refund_over_200"
    assert "amount: 250.00" in asked["why"]
    assert await office.all("SELECT id FROM hand_call") == []
    sara = await office.desk.person_by_email("sara@desk.example")
    assert sara is not None
    await office.desk.decide(asked["id"], Verdict.APPROVE, by=sara)
    assert "Running…" in await run(mia, view, "issue_refund", order="78951", amount="1.00")
    await work(office, desk)
    assert [each.given.amount for each in shop.books.gateway.of("ch_78951")] == [25000]
    view = await form(office, mia, "issue_refund")
    assert "There is nothing left to pay back" in await check(mia, view, "issue_refund", order="78951", amount="1.00")


async def test_what_is_no_longer_so_when_it_is_run_is_judged_anew(
    office: Office, mia: Person, actions: tuple[DeskActions, Shop]
) -> None:
    view = await form(office, mia, "issue_refund")
    assert "Amount: 89.00" in await check(mia, view, "issue_refund", order="78932", amount="20.00")
    shop = actions[1]
    order = shop.order("78932")
    shop.books.gateway.refund("ch_78932", order.total, Destination.ORIGINAL, "", now=utc_now())
    await mia.press_in(view, Action.RUN_ACTION)
    assert "There is nothing left to pay back" in says(mia)
    assert await office.all("SELECT id FROM hand_call WHERE form <> '{}'") == []
