"""Slack fails in every way it can: afterwards there is one card and one post for each entry, and they are true."""

import asyncio

import pytest

from emulators.slack import Fault
from emulators.slack.faults import MENU
from emulators.twilio import Customer
from emulators.waiting import until
from tests.journey.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAMAGED = "My mug from order 4711 arrived broken, I want a refund."
FAULTS = tuple(MENU.values())


def in_trouble(stage: Stage, method: str) -> None:
    """The next call of `method` fails in the first way, the one after it in the second, …"""
    for fault in FAULTS:
        stage.slack.faults.add(method, fault)


def four(stage: Stage, name: str) -> list[Customer]:
    return [stage.customer(f"{name} {number}") for number in range(len(FAULTS))]


async def test_each_way_of_failing_to_post_leaves_one_card_and_one_entry(stage: Stage) -> None:
    customers = four(stage, "Pat")
    in_trouble(stage, "chat.postMessage")

    await asyncio.gather(*(customer.write(DAMAGED) for customer in customers))

    for customer in customers:
        card = await stage.card_of(customer)
        assert len(stage.thread(card)) == 1
    assert stage.slack.faults.left == 0


async def test_each_way_of_failing_to_post_in_a_thread_leaves_one_entry(stage: Stage) -> None:
    customers = four(stage, "Thea")
    await asyncio.gather(*(stage.writes(customer, DAMAGED) for customer in customers))
    in_trouble(stage, "chat.postMessage")

    await asyncio.gather(*(customer.write("Any news about order 4711?") for customer in customers))

    for customer in customers:
        card = await stage.card_of(customer)
        assert [stage.text(entry).splitlines()[-1] for entry in stage.thread(card)] == [
            DAMAGED,
            "Any news about order 4711?",
        ]
    assert stage.slack.faults.left == 0


async def test_each_way_of_failing_to_change_a_card_ends_with_the_truth_on_it(stage: Stage) -> None:
    customers = four(stage, "Uli")
    cards = await asyncio.gather(*(stage.writes(customer, DAMAGED) for customer in customers))
    in_trouble(stage, "chat.update")

    await asyncio.gather(*(stage.press(stage.mia, card, "claim") for card in cards))

    for customer in customers:
        assert "Assignee: Mia" in stage.text(await stage.card_of(customer))
    assert stage.slack.faults.left == 0


async def test_a_search_for_a_lost_card_that_fails_too_still_ends_with_one(stage: Stage) -> None:
    sam = stage.customer("Sam Searched")
    stage.slack.faults.add("chat.postMessage", Fault(drop_reply=True))
    stage.slack.faults.add("conversations.history", Fault(status=500))

    await sam.write(DAMAGED)

    assert len(stage.thread(await stage.card_of(sam))) == 1


async def test_a_card_that_somebody_deleted_comes_back_with_the_next_change(stage: Stage) -> None:
    dag = stage.customer("Dag Deleted")
    card = await stage.writes(dag, DAMAGED)
    stage.slack.channel(stage.channel).messages.pop(card["ts"])

    await dag.write("Any news about order 4711?")
    await stage.settled()

    await until(lambda: any("Dag Deleted" in stage.text(each) for each in stage.cards()), "the card anew")
    assert len(await stage.cards_of(dag)) == 1
