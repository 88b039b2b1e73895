"""A ticket's way: status by those who may, resolve, the thanks that does not reopen, the trouble that does."""

import pytest

from emulators.slack import NoSuchOption
from emulators.twilio import Customer
from tests.journey.stage import Json, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAMAGED = "My mug from order 4711 arrived broken, I want a refund."


async def claimed(stage: Stage, customer: Customer) -> Json:
    """The card of a ticket that is Mia's."""
    card = await stage.writes(customer, DAMAGED)
    await stage.press(stage.mia, card, "claim")
    return await stage.card_of(customer)


async def put(stage: Stage, customer: Customer, status: str) -> Json:
    """Mia's ticket in this status; its card."""
    card = await claimed(stage, customer)
    assert (await stage.fills(stage.mia, card, "status", {"status": status})).outcome == "closed"
    return await stage.card_of(customer)


async def activity(stage: Stage, customer: Customer) -> list[Json]:
    return await stage.rows(
        "SELECT kind, actor_kind, before, after FROM activity JOIN ticket ON ticket.id = stream_id"
        " JOIN conversation ON conversation.id = conversation_id WHERE address = $1 ORDER BY seq",
        customer.number,
    )


async def test_status_offers_only_what_the_lifecycle_allows_from_here(stage: Stage) -> None:
    otto = stage.customer("Otto Offer")
    card = await put(stage, otto, "waiting_on_customer")

    form = await stage.opens(stage.mia, card, "status")

    (menu,) = [block["element"] for block in form["blocks"] if block.get("block_id") == "status"]
    assert [option["value"] for option in menu["options"]] == ["in_progress", "resolved"]
    with pytest.raises(NoSuchOption):
        await stage.mia.submit(form["id"], {"status": "closed"})


async def test_a_transition_that_was_never_offered_is_refused_at_the_field(stage: Stage) -> None:
    """Slack's client sends what was offered; whoever forges more than that meets the desk."""
    fred = stage.customer("Fred Forger")
    form = await stage.opens(stage.mia, await claimed(stage, fred), "status")
    (menu,) = [block["element"] for block in form["blocks"] if block.get("block_id") == "status"]
    menu["options"].append({"text": {"type": "plain_text", "text": "Closed"}, "value": "closed"})

    answer = await stage.mia.submit(form["id"], {"status": "closed"})

    assert answer.outcome == "errors"
    assert "A ticket cannot go from Open to Closed" in answer.errors["status"]
    assert "Status: 🆕 Open" in stage.text(await stage.card_of(fred))


async def test_a_transition_that_has_become_wrong_meanwhile_is_refused_in_words(stage: Stage) -> None:
    wim = stage.customer("Wim Wrong")
    card = await claimed(stage, wim)
    early = await stage.opens(stage.mia, card, "status")
    assert (await stage.fills(stage.sara, card, "status", {"status": "resolved"})).outcome == "closed"
    await stage.settled()

    answer = await stage.mia.submit(early["id"], {"status": "waiting_on_customer"})

    assert answer.outcome == "updated"
    assert answer.view is not None
    assert "Nothing was saved" in stage.text(answer.view)
    assert "✅" in stage.text(await stage.card_of(wim))


async def test_an_agent_who_is_not_the_assignee_is_refused_and_told_who_may(stage: Stage) -> None:
    nils = stage.customer("Nils Not Mine")
    card = await claimed(stage, nils)

    await stage.press(stage.ben, card, "status")

    assert stage.ben.modals() == []
    assert "its assignee, a supervisor of its team or an admin" in stage.told(stage.ben)


async def test_a_supervisor_may_although_it_is_not_hers(stage: Stage) -> None:
    sven = stage.customer("Sven Supervised")
    card = await claimed(stage, sven)

    answer = await stage.fills(stage.sara, card, "status", {"status": "in_progress", "note": "I look at it"})

    assert answer.outcome == "closed"
    assert "In progress" in stage.text(await stage.card_of(sven))


async def test_priority_changes_from_more_by_who_may(stage: Stage) -> None:
    pia = stage.customer("Pia Priority")
    card = await claimed(stage, pia)

    refused = await stage.sets_priority(stage.ben, card, "urgent")
    done = await stage.sets_priority(stage.mia, card, "urgent")

    assert "⚠️ You may not change the priority: that is for its assignee" in refused
    assert "⚠️" not in done
    assert "Priority: 🔴 Urgent" in stage.text(await stage.card_of(pia))


async def test_an_agent_opens_another_ticket_in_the_conversation(stage: Stage) -> None:
    nora = stage.customer("Nora New")
    card = await stage.writes(nora, DAMAGED)

    answer = await stage.fills(stage.ben, card, "new_ticket", {"subject": "Call the supplier", "priority": "low"})

    second = await stage.card_of(nora, number=2)
    assert answer.outcome == "closed"
    shown = stage.text(second)
    assert "Call the supplier" in shown
    assert "Low" in shown
    assert "Assignee: Ben" in shown


async def test_a_resolved_card_collapses_to_one_line(stage: Stage) -> None:
    card = await put(stage, stage.customer("Rolf Resolved"), "resolved")

    assert len(card["blocks"]) == 1
    assert "Damaged item: order 4711 · Resolved · Mia" in stage.text(card)
    assert "[Status]" in stage.text(card)


async def test_a_thanks_does_not_reopen_and_the_record_says_why(stage: Stage) -> None:
    tina = stage.customer("Tina Thanks")
    await put(stage, tina, "resolved")

    await tina.write("thanks!")

    card = await stage.card_of(tina)
    assert "Resolved" in stage.text(card)
    assert "thanks!" in stage.thread_text(card)
    last = (await activity(stage, tina))[-1]
    assert last["kind"] == "reopen.declined"
    assert "the message asks for nothing" in last["after"]


async def test_the_same_trouble_again_reopens_the_ticket_and_its_card(stage: Stage) -> None:
    bob = stage.customer("Bob Broken")
    await put(stage, bob, "resolved")
    await bob.write("thanks!")
    await stage.settled()

    await bob.write("The mug from order 4711 is still broken!")

    card = await stage.card_of(bob)
    assert "Status: ▶️ In progress" in stage.text(card)
    assert "still broken" in stage.thread_text(card)
    moved = [record for record in await activity(stage, bob) if record["kind"] == "status.changed"][-1]
    assert moved["actor_kind"] == "customer"


async def test_another_issue_after_a_resolved_one_is_a_second_ticket(stage: Stage) -> None:
    ada = stage.customer("Ada Another")
    await put(stage, ada, "resolved")

    await ada.write("I cannot log in to my account, the password reset does not work.")

    second = await stage.card_of(ada, number=2)
    assert "Cannot sign in" in stage.text(second)
    assert "nobody yet" in stage.text(second)
    assert "Resolved" in stage.text((await stage.cards_of(ada))[0])


async def test_an_answer_on_a_waiting_ticket_moves_it_on_in_the_customers_name(stage: Stage) -> None:
    wanda = stage.customer("Wanda Waiting")
    await put(stage, wanda, "waiting_on_customer")

    await wanda.write("Here is the order number you asked for: 4711")

    card = await stage.card_of(wanda)
    assert "Status: ▶️ In progress" in stage.text(card)
    moved = [record for record in await activity(stage, wanda) if record["kind"] == "status.changed"][-1]
    assert moved["actor_kind"] == "customer"
    assert "in_progress" in moved["after"]


async def test_reopen_on_the_collapsed_card(stage: Stage) -> None:
    rene = stage.customer("Rene Reopen")
    card = await put(stage, rene, "resolved")

    assert (await stage.fills(stage.mia, card, "status", {"status": "in_progress"})).outcome == "closed"

    assert "Status: ▶️ In progress" in stage.text(await stage.card_of(rene))
