"""Values of custom fields over a real database: given, asked for, filled by themselves, stale, and recorded."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.factories import a_suggestion, an_entity, an_issue
from tests.playbooks import IN_PROGRESS, RESOLVED, with_fields, with_transitions
from tests.storage.desk import CUSTOMER, OURS, DeskAtWork, a_message
from ticketing.fields.provenance import FieldSource, digest_of
from ticketing.fields.refusals import FieldsMissing, FieldsRefused
from ticketing.people.permissions import PermissionRefused
from ticketing.people.person import Person
from ticketing.playbook.conditions import Condition
from ticketing.playbook.fields import Field, FieldKind, Fill, Option, Source
from ticketing.playbook.grants import Grant, Grants
from ticketing.playbook.lifecycle import Transition
from ticketing.tickets.changes import ChangedMeanwhile, TicketIsDiscarded
from ticketing.tickets.ticket import Stored, Ticket
from ticketing.triage.suggestion import Burst, Suggestion, Vocabulary

ORDER = Field("order", "Order", FieldKind.TEXT, pattern="[0-9]{3,6}", fill=(Fill(Source.ENTITY, "order"),))
RESOLUTION = Field(
    "resolution", "Resolution", FieldKind.DROPDOWN, options=(Option("refund", "Refund"), Option("repair", "Repair"))
)
AMOUNT = Field(
    "amount",
    "Amount",
    FieldKind.MONEY,
    currency="USD",
    show=Condition('fields.resolution == "refund"'),
    required=True,
    fill=(Fill(Source.ENTITY, "amount"),),
)
TIER = Field("tier", "Tier", FieldKind.TEXT, fill=(Fill(Source.CUSTOMER, "tier"), Fill(Source.CHANNEL)))
PHOTO = Field("photo", "Photo", FieldKind.FILE)
PLAYBOOK = with_fields(ORDER, RESOLUTION, AMOUNT, TIER, PHOTO, asked={RESOLVED: ("resolution",)})


class Finds:
    """A brain that finds these entities in what it reads, as one issue that goes on with the ticket there is."""

    def __init__(self, **found: str) -> None:
        self.found = found

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        entities = tuple(an_entity(burst, kind=kind, value=value, words=value) for kind, value in self.found.items())
        goes_on = burst.known[0].id if burst.known else None
        return a_suggestion(an_issue(burst, type="general_query", entities=entities, continues=goes_on))


async def filled(desk: DeskAtWork, words: str = "Order 789 for 89.00", **found: str) -> Ticket:
    """A ticket from this message, in which the brain found this."""
    desk.follow(PLAYBOOK)
    await desk.file(await desk.store(a_message(words, key="M1")))
    return await understood(desk, **found)


async def understood(desk: DeskAtWork, **found: str) -> Ticket:
    (row,) = await desk.rows("SELECT id FROM conversation")
    await desk.understand(row.id, Finds(**found))
    (row,) = await desk.rows("SELECT id FROM ticket")
    return await now(desk, row.id)


async def taken(desk: DeskAtWork, ticket: Ticket) -> Person:
    mia = await desk.person()
    await desk.desk.claim(ticket.conversation_id, by=mia)
    return mia


async def now(desk: DeskAtWork, ticket_id: UUID) -> Ticket:
    async with desk.start() as uow:
        return await uow.tickets.lock(ticket_id)


async def sources(desk: DeskAtWork, ticket: Ticket) -> dict[str, FieldSource]:
    async with desk.start() as uow:
        return dict(await uow.fields.sources(ticket.id))


async def records(desk: DeskAtWork, kind: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    rows = await desk.rows("SELECT before, after FROM activity WHERE kind = :kind ORDER BY seq", kind=kind)
    return [(row.before, row.after) for row in rows]


class TestSetFields:
    async def test_values_are_kept_in_one_form_with_a_record_each_and_one_event(self, desk: DeskAtWork) -> None:
        ticket = await filled(desk)
        mia = await taken(desk, ticket)
        given: dict[str, Any] = {"resolution": "Refund", "amount": "$1,234.5", "order": "456"}
        after = await desk.desk.set_fields(ticket.id, given, by=mia)
        expected: dict[str, Stored] = {"resolution": "refund", "amount": "1234.50", "order": "456", "tier": "fake"}
        assert dict(after.fields) == dict((await now(desk, ticket.id)).fields) == expected
        assert (await desk.jobs()).count("FieldsChanged") == 1
        changed = dict(item for _, after in await records(desk, "field.changed") for item in after.items())
        assert (changed["resolution"], changed["amount"]) == ("refund", "1234.50")
        (kept,) = await desk.rows("SELECT * FROM field_words WHERE digest = :digest", digest=changed["order"])
        assert (kept.text, digest_of(kept.text, kept.salt)) == ("456", changed["order"])
        assert (await sources(desk, ticket))["order"].confirmed_by == mia.id
        jobs = await desk.jobs()
        assert (await desk.desk.set_fields(ticket.id, given, by=mia, seen=1)).version == after.version  # pressed twice
        assert await desk.jobs() == jobs

    async def test_whoever_comes_second_is_told_and_overwrites_nothing(self, desk: DeskAtWork) -> None:
        ticket = await filled(desk)
        mia = await taken(desk, ticket)
        seen = (await now(desk, ticket.id)).version
        both = [desk.desk.set_fields(ticket.id, {"order": order}, by=mia, seen=seen) for order in ("111", "222")]
        done = await asyncio.gather(*both, return_exceptions=True)
        (told,) = [each for each in done if isinstance(each, BaseException)]
        (first,) = [each for each in done if isinstance(each, Ticket)]
        assert isinstance(told, ChangedMeanwhile)
        assert (await now(desk, ticket.id)).fields["order"] == first.fields["order"]

    async def test_nothing_is_saved_where_something_is_wrong_or_not_theirs(self, desk: DeskAtWork) -> None:
        ticket = await filled(desk)
        mia, ben = await taken(desk, ticket), await desk.person("Ben")
        with pytest.raises(FieldsRefused) as refused:
            await desk.desk.set_fields(
                ticket.id, {"resolution": "repair", "order": "x", "photo": [str(uuid4())]}, by=mia
            )
        assert set(refused.value.problems) == {"order", "photo"}
        with pytest.raises(PermissionRefused):
            await desk.desk.set_fields(ticket.id, {"resolution": "repair"}, by=ben)
        assert dict((await now(desk, ticket.id)).fields) == {"tier": "fake"}
        assert await records(desk, "field.changed") == []


class TestChangeStatus:
    async def test_values_go_with_the_status_that_asks_for_them_or_nothing_does(self, desk: DeskAtWork) -> None:
        ticket = await filled(desk)
        mia = await taken(desk, ticket)
        with pytest.raises(FieldsMissing) as refused:
            await desk.desk.change_status(ticket.id, RESOLVED, by=mia, given={"resolution": "refund"})
        assert refused.value.missing == ("amount",)
        assert "resolution" not in (await now(desk, ticket.id)).fields
        given = {"resolution": "refund", "amount": "20"}
        after = await desk.desk.change_status(ticket.id, RESOLVED, by=mia, given=given)
        assert (after.status, after.fields["amount"]) == (RESOLVED, "20.00")
        rows = await desk.rows("SELECT kind FROM activity WHERE stream_kind = 'ticket' ORDER BY seq DESC LIMIT 3")
        assert [row.kind for row in rows] == ["status.changed", "field.changed", "field.changed"]

    async def test_whoever_may_make_a_transition_may_give_what_it_asks_for_and_no_more(self, desk: DeskAtWork) -> None:
        ticket = await filled(desk)
        arrow = Transition("open", IN_PROGRESS, by=Grants(frozenset({Grant.AGENT})), requires=("order",))
        desk.follow(with_transitions(PLAYBOOK, [arrow]))
        ben = await desk.person("Ben")
        with pytest.raises(PermissionRefused):
            await desk.desk.change_status(ticket.id, IN_PROGRESS, by=ben, given={"order": "1234", "tier": "gold"})
        after = await desk.desk.change_status(ticket.id, IN_PROGRESS, by=ben, given={"order": "1234"})
        assert (after.status, after.fields["order"], after.fields["tier"]) == (IN_PROGRESS, "1234", "fake")


class TestAutoFill:
    async def test_a_ticket_begins_with_what_was_found_and_says_where(self, desk: DeskAtWork) -> None:
        ticket = await filled(desk, order="789", amount="89.00")
        assert dict(ticket.fields) == {"order": "789", "amount": "89.00", "tier": "fake"}  # one that is hidden, too
        found = await sources(desk, ticket)
        (message,) = await desk.rows("SELECT id FROM message")
        order = found["order"]
        assert (order.source, order.name, order.value, order.words) == ("entity", "order", "789", "789")
        assert (order.message_id, order.confidence, order.is_open) == (message.id, 0.9, True)
        assert (found["tier"].source, found["tier"].message_id) == ("channel", None)
        ((_, opened),) = await records(desk, "ticket.opened")
        assert opened["fields.amount"] == "89.00"
        assert opened["fields.order"].startswith("sha256:")

    async def test_what_the_field_would_refuse_is_not_filled_in(self, desk: DeskAtWork) -> None:
        ticket = await filled(desk, "Order AB for 89.00 EUR", order="AB", amount="89.00 EUR")
        assert dict(ticket.fields) == {"tier": "fake"}
        assert set(await sources(desk, ticket)) == {"tier"}

    async def test_an_edit_makes_a_value_stale_and_what_is_said_next_replaces_it(self, desk: DeskAtWork) -> None:
        ticket = await filled(desk, order="789")
        await desk.file(
            await desk.store({"kind": "edit", "id": "M1", "from": CUSTOMER, "to": OURS, "text": "Order 788"})
        )
        stale = (await sources(desk, ticket))["order"]
        assert (stale.stale_since, stale.value, (await now(desk, ticket.id)).fields["order"]) == (
            desk.now,
            "789",
            "789",
        )
        await desk.file(await desk.store(a_message("It is 788", key="M2")))
        ticket = await understood(desk, order="788")
        fresh = (await sources(desk, ticket))["order"]
        assert (ticket.fields["order"], fresh.value, fresh.stale_since) == ("788", "788", None)
        assert len(await records(desk, "field.changed")) == 1

    async def test_an_empty_field_is_filled_later_and_a_full_one_is_not_overwritten(self, desk: DeskAtWork) -> None:
        ticket = await filled(desk, order="789")
        await desk.file(await desk.store(a_message("Order 555, I paid 12.50", key="M2")))
        ticket = await understood(desk, order="555", amount="12.50")
        assert (ticket.fields["order"], ticket.fields["amount"]) == ("789", "12.50")

    @pytest.mark.parametrize("by_hand", ["456", "789", ""], ids=["corrected", "confirmed", "emptied"])
    async def test_what_a_person_said_stays_also_after_an_edit(self, desk: DeskAtWork, by_hand: str) -> None:
        ticket = await filled(desk, order="789")
        mia = await taken(desk, ticket)
        seen = (await now(desk, ticket.id)).version
        said = await desk.desk.set_fields(ticket.id, {"order": by_hand}, by=mia, seen=seen)
        assert said.version == seen + 1
        kept = (await sources(desk, ticket))["order"]
        assert (kept.value, kept.source, kept.confirmed_by, kept.is_open) == ("789", "entity", mia.id, False)
        confirmed = [after for _, after in await records(desk, "fields.confirmed")]
        assert confirmed == ([{"fields": ["order"]}] if by_hand == "789" else [])
        await desk.file(
            await desk.store({"kind": "edit", "id": "M1", "from": CUSTOMER, "to": OURS, "text": "Order 788"})
        )
        await desk.file(await desk.store(a_message("It is 788", key="M2")))
        after = await understood(desk, order="788")
        assert after.fields.get("order", "") == by_hand
        assert (await sources(desk, ticket))["order"].stale_since is not None


async def test_what_is_given_with_a_status_is_refused_where_the_ticket_is_none(desk: DeskAtWork) -> None:
    ticket = await filled(desk)
    mia = await taken(desk, ticket)
    await desk.desk.discard(ticket.id, by=mia)
    with pytest.raises(TicketIsDiscarded):
        await desk.desk.change_status(ticket.id, "open", by=mia, given={"order": "456"})
    assert await records(desk, "field.changed") == []
