"""Who is one customer: by a number that both have proven, or because somebody said so; and how that is undone."""

import asyncio
from uuid import UUID

import pytest

from core.errors import Refused
from tests.storage.desk import CUSTOMER, DeskAtWork, a_message
from ticketing.collaboration.merge import TicketMergeRefused
from ticketing.customers.customer import Customer, Merge
from ticketing.customers.follow import follow_customer
from ticketing.customers.merge import CustomerChangedMeanwhile, MergeRefused
from ticketing.customers.merge import Seen as Versions
from ticketing.tickets.ticket import Ticket

PHONE, TELEGRAM = {"phone": CUSTOMER}, "777001"


async def writes(desk: DeskAtWork, sender: str, words: str = "Hi", **said: str) -> UUID:
    """Somebody writes; whose message it is."""
    await desk.file(await desk.store(a_message(words, sender=sender) | said))
    return await owner(desk, sender)


async def owner(desk: DeskAtWork, address: str) -> UUID:
    (row,) = await desk.rows("SELECT customer_id FROM identity WHERE address = :address", address=address)
    customer_id: UUID = row.customer_id
    return customer_id


async def stored(desk: DeskAtWork, customer_id: UUID) -> Customer:
    async with desk.start() as uow:
        return await uow.customers.get(customer_id)


async def owners(desk: DeskAtWork, table: str) -> set[UUID]:
    return {row.customer_id for row in await desk.rows(f"SELECT customer_id FROM {table}")}


class TestVerifiedMatch:
    async def test_a_proven_number_makes_two_customers_the_older_one(self, desk: DeskAtWork) -> None:
        older = await writes(desk, CUSTOMER, **PHONE)
        other = await writes(desk, TELEGRAM)
        assert other != older
        await writes(desk, TELEGRAM, "Here is my number", **PHONE)
        assert await owner(desk, TELEGRAM) == older
        assert await owners(desk, "conversation") == {older}
        assert (await stored(desk, other)).merged_into == older
        (merge,) = await desk.rows("SELECT reason, by_name, survivor_id FROM customer_merge")
        assert (merge.reason, merge.by_name, merge.survivor_id) == ("phone", "Threadline", older)
        kinds = await desk.rows("SELECT stream_id, kind, actor_kind FROM activity WHERE kind = 'customer.merged'")
        assert {(row.stream_id, row.actor_kind) for row in kinds} == {(older, "system"), (other, "system")}
        assert await desk.broken_chains() == []

    async def test_also_when_the_first_message_proves_it_and_whichever_channel_came_first(
        self, desk: DeskAtWork
    ) -> None:
        first = await writes(desk, TELEGRAM, **PHONE)
        assert await writes(desk, CUSTOMER, **PHONE) == first

    async def test_many_at_once_are_one_customer(self, desk: DeskAtWork) -> None:
        events = [a_message(sender=sender) | PHONE for sender in (CUSTOMER, TELEGRAM, "888") for _ in range(3)]
        inbox = [await desk.store(event) for event in events]
        await asyncio.gather(*(desk.file(each) for each in inbox))
        assert len(await owners(desk, "conversation")) == len(await owners(desk, "identity")) == 1
        assert await desk.count("customer WHERE merged_into IS NULL") == 1
        assert await desk.count("message") == 9

    async def test_the_same_name_or_a_number_nobody_vouches_for_is_no_match(self, desk: DeskAtWork) -> None:
        await writes(desk, CUSTOMER, f"My number is {CUSTOMER}", name="Clara")
        await writes(desk, TELEGRAM, name="Clara", phone="call me")
        assert await desk.count("customer WHERE merged_into IS NULL") == 2

    async def test_a_blocked_sender_is_nobodys_other_half(self, desk: DeskAtWork) -> None:
        await writes(desk, CUSTOMER, **PHONE)
        await desk.desk.block_sender("fake", CUSTOMER)
        await writes(desk, TELEGRAM, **PHONE)
        assert await desk.count("customer_merge") == 0

    async def test_whom_people_have_told_apart_no_channel_puts_together_again(self, desk: DeskAtWork) -> None:
        older = await writes(desk, CUSTOMER, **PHONE)
        await writes(desk, TELEGRAM, **PHONE)
        (merge,) = await desk.rows("SELECT id FROM customer_merge")
        await desk.desk.undo_merge(merge.id)
        await writes(desk, TELEGRAM, **PHONE)
        await writes(desk, "888", **PHONE)
        assert len({older, await owner(desk, TELEGRAM), await owner(desk, "888")}) == 3


class TestMeet:
    async def test_an_address_becomes_a_name_and_a_name_stays(self, desk: DeskAtWork) -> None:
        clara = await writes(desk, CUSTOMER, **PHONE)
        await writes(desk, CUSTOMER, name="Clara\n Meier", language="pt-br", **PHONE)
        await writes(desk, CUSTOMER, name="Somebody", language="de", **PHONE)
        customer = await stored(desk, clara)
        assert (customer.name, customer.language) == ("Clara Meier", "pt-BR")
        (record,) = await desk.rows("SELECT after, actor_kind FROM activity WHERE kind = 'customer.changed'")
        assert (record.after, record.actor_kind) == ({"language": "pt-BR", "changed": ["name"]}, "customer")

    async def test_a_language_that_an_agent_set_is_the_language(self, desk: DeskAtWork) -> None:
        mia = await desk.person()
        clara = await writes(desk, CUSTOMER)
        await desk.desk.set_attributes(clara, {"language": "fr"}, by=mia)
        await writes(desk, CUSTOMER, language="de")
        assert (await stored(desk, clara)).language == "fr"


@pytest.fixture
async def two(desk: DeskAtWork) -> tuple[UUID, UUID]:
    """Clara, and somebody on another channel who is Clara too. Each has a ticket."""
    mia = await desk.person()
    for sender in (CUSTOMER, TELEGRAM):
        await writes(desk, sender)
        (row,) = await desk.rows("SELECT id FROM conversation WHERE address = :address", address=sender)
        await desk.ticket(row.id, mia)
    return await owner(desk, CUSTOMER), await owner(desk, TELEGRAM)


class TestMerge:
    async def test_the_preview_says_what_the_merge_then_does(self, desk: DeskAtWork, two: tuple[UUID, UUID]) -> None:
        clara, other = two
        await desk.desk.set_attributes(clara, {"tier": "gold"})
        await desk.desk.set_attributes(other, {"tier": "silver", "language": "de"})
        preview = await desk.desk.preview_merge(clara, other)
        assert [each.address for each in preview.identities] == [TELEGRAM]
        assert (preview.conversations, preview.tickets, preview.filled) == (1, 1, ("language",))
        assert [(each.name, each.stays) for each in preview.conflicts] == [("tier", "gold")]
        merge = await desk.desk.merge_customers(clara, other, seen=preview.seen)
        assert [len(each) for each in (merge.identities, merge.conversations, merge.tickets)] == [1, 1, 1]
        assert await owners(desk, "identity") == await owners(desk, "ticket") == {clara}
        assert (await stored(desk, clara)).language == "de"

    async def test_who_looked_at_something_older_is_told(self, desk: DeskAtWork, two: tuple[UUID, UUID]) -> None:
        await desk.desk.set_attributes(two[1], {"tier": "silver"})
        with pytest.raises(CustomerChangedMeanwhile):
            await desk.desk.merge_customers(*two, seen=Versions(1, 1))

    async def test_all_cards_are_shown_anew(self, desk: DeskAtWork, two: tuple[UUID, UUID]) -> None:
        await desk.rows_changed(
            "INSERT INTO ticket_card (ticket_id, channel, ts, again) SELECT id, 'C1', id::text, false FROM ticket"
        )
        await desk.desk.merge_customers(*two)
        assert (await desk.jobs())[-1] == "CustomerChanged"
        await follow_customer(two[0], uow=desk.start(), now=desk.now)
        assert (await desk.jobs())[-2:] == ["TicketCustomerChanged"] * 2

    async def test_an_undo_gives_back_what_came_and_what_was_added_to_it_since(
        self, desk: DeskAtWork, two: tuple[UUID, UUID]
    ) -> None:
        clara, other = two
        await desk.desk.set_attributes(other, {"language": "de"})
        merge = await desk.desk.merge_customers(clara, other)
        mia = (await desk.desk.people())[0]
        (talk,) = await desk.rows("SELECT id FROM conversation WHERE address = :a", a=TELEGRAM)
        added = await desk.ticket(talk.id, mia, "Since")
        await desk.file(await desk.store(a_message(sender=TELEGRAM) | {"to": "+1555"}))  # a conversation of its own
        back = await desk.desk.undo_merge(merge.id, by=mia)
        assert (len(back.conversations), len(back.tickets), back.undone_by) == (2, 2, "Mia")
        rows = await desk.rows("SELECT customer_id FROM ticket WHERE id = :id", id=added.id)
        assert [row.customer_id for row in rows] == [other]
        mixed = "conversation c JOIN identity i USING (channel, address) WHERE c.customer_id <> i.customer_id"
        assert await desk.count(mixed) == 0
        assert {(await stored(desk, clara)).language, (await stored(desk, other)).language} == {None, "de"}
        assert (await desk.desk.undo_merge(merge.id, by=mia)).undone_by == "Mia"
        assert await desk.broken_chains() == []

    async def test_it_is_not_undone_over_tickets_that_are_one_since(
        self, desk: DeskAtWork, two: tuple[UUID, UUID]
    ) -> None:
        mia = (await desk.desk.people())[0]
        merge = await desk.desk.merge_customers(*two)
        (one, another) = await desk.rows("SELECT id FROM ticket ORDER BY number")
        merged, undone = await asyncio.gather(
            desk.desk.merge_tickets(one.id, another.id, by=mia), desk.desk.undo_merge(merge.id), return_exceptions=True
        )
        assert {type(merged), type(undone)} in ({Ticket, MergeRefused}, {TicketMergeRefused, Merge})  # not both

        if isinstance(undone, Merge):
            merge = await desk.desk.merge_customers(*two)
            await desk.desk.merge_tickets(one.id, another.id, by=mia)
        with pytest.raises(MergeRefused, match=r"Ticket #2 has been merged into #1 since.* part these tickets first"):
            await desk.desk.undo_merge(merge.id)
        await desk.desk.unmerge_ticket(another.id, by=mia)
        assert (await desk.desk.undo_merge(merge.id)).undone_at is not None
        assert await desk.broken_chains() == []

    async def test_merges_that_stand_on_one_another_are_undone_from_the_top(
        self, desk: DeskAtWork, two: tuple[UUID, UUID]
    ) -> None:
        third = await writes(desk, "888")
        lower = await desk.desk.merge_customers(*two)
        upper = await desk.desk.merge_customers(third, two[0])
        with pytest.raises(MergeRefused, match="undo that merge first"):
            await desk.desk.undo_merge(lower.id)
        await desk.desk.undo_merge(upper.id)
        await desk.desk.undo_merge(lower.id)
        assert {await owner(desk, CUSTOMER), await owner(desk, TELEGRAM)} == set(two)
        again = await desk.desk.merge_customers(*two)
        assert again.id != lower.id

    async def test_merges_beside_one_another_are_undone_in_any_order(
        self, desk: DeskAtWork, two: tuple[UUID, UUID]
    ) -> None:
        third = await writes(desk, "888")
        first = await desk.desk.merge_customers(*two)
        await desk.desk.merge_customers(two[0], third)
        await desk.desk.undo_merge(first.id)
        assert [await owner(desk, each) for each in (CUSTOMER, TELEGRAM, "888")] == [two[0], two[1], two[0]]

    async def test_nobody_is_merged_with_themselves_or_twice(self, desk: DeskAtWork, two: tuple[UUID, UUID]) -> None:
        with pytest.raises(MergeRefused, match="one customer already"):
            await desk.desk.merge_customers(two[0], two[0])
        await desk.desk.merge_customers(*two)
        for pair in (two, two[::-1]):
            with pytest.raises(MergeRefused, match="one customer already"):
                await desk.desk.preview_merge(*pair)

    async def test_everything_at_once_leaves_one_outcome(self, desk: DeskAtWork, two: tuple[UUID, UUID]) -> None:
        """Merges both ways, undone while they write, prove numbers, are blocked and changed, and get tickets."""
        clara, other = two
        mia = (await desk.desk.people())[0]
        talks = [row.id for row in await desk.rows("SELECT id FROM conversation")]

        async def undo_all() -> None:
            for row in await desk.rows("SELECT id FROM customer_merge WHERE undone_at IS NULL ORDER BY at DESC"):
                await desk.desk.undo_merge(row.id)

        work = []
        for number in range(4):
            sender = (CUSTOMER, TELEGRAM)[number % 2]
            work += [
                desk.desk.merge_customers(clara, other, by=mia),
                desk.desk.merge_customers(other, clara, by=mia),
                undo_all(),
                writes(desk, sender, f"Words {number}", name="Clara", language="de", **PHONE),
                writes(desk, f"+49151000{number}", phone=f"+49151000000{number}"),
                desk.file(await desk.store(a_message(sender=sender) | {"to": f"+1555{number}"})),
                desk.desk.set_attributes(clara, {"tier": f"t{number}"}, by=mia),
                desk.ticket(talks[number % 2], mia, f"Subject {number}"),
                desk.desk.block_sender("fake", f"+49151000{number - 1}"),
            ]
        async with asyncio.timeout(60):
            outcomes = await asyncio.gather(*work, return_exceptions=True)
        assert [each for each in outcomes if isinstance(each, BaseException) and not isinstance(each, Refused)] == []
        for table in ("conversation c", "identity c", "ticket c"):
            gone = f"{table} JOIN customer ON customer.id = c.customer_id WHERE customer.merged_into IS NOT NULL"
            assert await desk.count(gone) == 0
        apart = "ticket t JOIN conversation c ON c.id = t.conversation_id WHERE c.customer_id <> t.customer_id"
        assert await desk.count(apart) == 0
        mixed = "conversation c JOIN identity i USING (channel, address) WHERE c.customer_id <> i.customer_id"
        assert await desk.count(mixed) == 0
        assert await desk.count("message") == 2 + 4 * 3
        assert await desk.broken_chains() == []
