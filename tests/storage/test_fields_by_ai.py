"""The AI fills in fields by hand: what it read, where, and how sure it is. Nobody's word is overwritten."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.playbooks import IN_PROGRESS, with_transitions
from tests.storage.desk import CUSTOMER, OURS, DeskAtWork
from tests.storage.test_fields import PLAYBOOK, filled, now, sources, taken
from ticketing.fields.evidence import Evidence
from ticketing.fields.refusals import FieldsRefused
from ticketing.fields.set_fields import set_fields
from ticketing.people.actor import AI
from ticketing.people.permissions import PermissionRefused
from ticketing.playbook.grants import Grant, Grants
from ticketing.playbook.lifecycle import Transition
from ticketing.tickets.change_status import change_status
from ticketing.tickets.ticket import Ticket


async def fills(desk: DeskAtWork, ticket: Ticket, order: str, evidence: Evidence | None) -> Ticket:
    read = {"order": evidence} if evidence else {}
    given = {"order": order}
    return await set_fields(ticket.id, given, by=AI, read=read, uow=desk.start(), now=desk.now)


async def test_it_says_where_it_read_it_and_a_person_confirms_or_the_customer_takes_it_back(desk: DeskAtWork) -> None:
    ticket = await filled(desk)
    (message,) = await desk.rows("SELECT id FROM message")
    ticket = await fills(desk, ticket, "789", Evidence(0.8, message.id, "Order 789"))
    read = (await sources(desk, ticket))["order"]
    assert (read.source, read.value, read.message_id, read.words) == ("ai", "789", message.id, "Order 789")
    assert (read.confidence, read.is_open, ticket.fields["order"]) == (0.8, True, "789")
    await desk.file(await desk.store({"kind": "edit", "id": "M1", "from": CUSTOMER, "to": OURS, "text": "Order 788"}))
    assert (await sources(desk, ticket))["order"].stale_since is not None
    ticket = await fills(desk, ticket, "788", Evidence(0.9, message.id, "Order 788"))
    assert (ticket.fields["order"], (await sources(desk, ticket))["order"].stale_since) == ("788", None)
    mia = await taken(desk, ticket)
    await desk.desk.set_fields(ticket.id, {"order": "788"}, by=mia)
    kept = (await sources(desk, ticket))["order"]
    assert (kept.source, kept.confirmed_by, kept.words) == ("ai", mia.id, "Order 788")
    with pytest.raises(PermissionRefused):
        await fills(desk, ticket, "777", Evidence(1, message.id, "Order 788"))
    rows = await desk.rows("SELECT actor_kind FROM activity WHERE kind = 'field.changed' ORDER BY seq")
    assert [row.actor_kind for row in rows] == ["ai", "ai"]


async def test_without_evidence_that_holds_nothing_is_filled_in(desk: DeskAtWork) -> None:
    ticket = await filled(desk)
    elsewhere = await desk.customer_writes("Order 789, please.", sender="+4915110000000")
    (here,) = await desk.rows("SELECT id FROM message WHERE conversation_id = :id", id=ticket.conversation_id)
    (other,) = await desk.rows("SELECT id FROM message WHERE conversation_id = :id", id=elsewhere)
    doubtful = [
        None,
        Evidence(1.01),
        Evidence(float("nan")),
        Evidence(0.8, None, "Order 789"),
        Evidence(0.8, other.id, "Order 789"),
        Evidence(0.8, uuid4()),
        Evidence(0.8, here.id, "Order 788"),
        Evidence(0.8, here.id, ""),
    ]
    for evidence in doubtful:
        with pytest.raises(FieldsRefused) as refused:
            await fills(desk, ticket, "789", evidence)
        assert list(refused.value.problems) == ["order"], evidence
    assert "order" not in (await now(desk, ticket.id)).fields
    assert set(await sources(desk, ticket)) == {"tier"}
    assert (await fills(desk, ticket, "789", Evidence(0.8, here.id))).fields["order"] == "789"


async def test_what_goes_with_a_status_says_where_it_was_read_and_overwrites_nobody(desk: DeskAtWork) -> None:
    ticket = await filled(desk)
    arrow = Transition("open", IN_PROGRESS, by=Grants(frozenset({Grant.AI})), requires=("order",))
    desk.follow(with_transitions(PLAYBOOK, [arrow]))
    given, read = {"order": "789"}, {"order": Evidence(0.8)}
    with pytest.raises(FieldsRefused):
        await change_status(ticket.id, IN_PROGRESS, by=AI, given=given, uow=desk.start(), now=desk.now)
    mia = await taken(desk, ticket)
    await desk.desk.set_fields(ticket.id, {"order": "456"}, by=mia)
    with pytest.raises(PermissionRefused):
        await change_status(ticket.id, IN_PROGRESS, by=AI, given=given, read=read, uow=desk.start(), now=desk.now)
    assert (await sources(desk, ticket))["order"].confirmed_by == mia.id
    after = await change_status(ticket.id, IN_PROGRESS, by=AI, uow=desk.start(), now=desk.now)
    assert (after.status, after.fields["order"]) == (IN_PROGRESS, "456")


async def test_a_message_that_is_being_edited_is_read_as_it_is_then(desk: DeskAtWork) -> None:
    ticket = await filled(desk)
    (message,) = await desk.rows("SELECT id FROM message")
    async with desk.engine.begin() as editing:
        holding = "SELECT id FROM conversation WHERE id = :id FOR UPDATE"
        await editing.execute(text(holding), {"id": ticket.conversation_id})
        await editing.execute(text("UPDATE message SET text = 'Order 788'"))
        filling = asyncio.create_task(fills(desk, ticket, "789", Evidence(0.8, message.id, "Order 789")))
        waiting = asyncio.create_task(desk.somebody_waits())
        await asyncio.wait({filling, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
    with pytest.raises(FieldsRefused):
        await filling
