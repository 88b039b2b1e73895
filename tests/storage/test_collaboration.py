"""People work on tickets together, over a real database: what is kept, recorded, and never done twice."""

import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from core.errors import NotFound
from tests.factories import after
from tests.playbooks import IN_PROGRESS, RESOLVED, InForce, with_fields
from tests.storage.desk import DeskAtWork
from ticketing.collaboration.due import remind_due
from ticketing.collaboration.link import LinkKind, LinkRefused
from ticketing.collaboration.watcher import Because
from ticketing.people.permissions import PermissionRefused
from ticketing.people.person import Person
from ticketing.playbook.fields import Field, FieldKind
from ticketing.playbook.playbook import SavedReply
from ticketing.tickets.change_many import Outcome
from ticketing.tickets.changes import ChangedMeanwhile
from ticketing.tickets.saved_reply import ReplyIncomplete
from ticketing.tickets.ticket import Ticket


@pytest.fixture
async def mia(desk: DeskAtWork) -> Person:
    return await desk.person("Mia")


@pytest.fixture
async def ben(desk: DeskAtWork) -> Person:
    return await desk.person("Ben")


@pytest.fixture
async def ticket(desk: DeskAtWork, mia: Person) -> Ticket:
    return await desk.ticket(await desk.customer_writes(), mia)


async def records(desk: DeskAtWork, ticket_id: UUID) -> list[str]:
    rows = await desk.rows("SELECT kind FROM activity WHERE stream_id = :ticket ORDER BY seq", ticket=ticket_id)
    return [row.kind for row in rows]


async def read(desk: DeskAtWork, ticket_id: UUID) -> Ticket:
    async with desk.start() as uow:
        return await uow.tickets.lock(ticket_id)


class TestWatchers:
    async def test_people_come_and_go_and_each_is_recorded_once(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, ben: Person
    ) -> None:
        await desk.desk.watch(ticket.id, by=mia)
        await desk.desk.watch(ticket.id, by=mia)
        await desk.desk.watch(ticket.id, by=mia, person=ben.id)
        known = await desk.desk.watchers(ticket.id, by=mia)
        assert [(each.name, each.because) for each in known] == [("Mia", Because.OWN), ("Ben", Because.ADDED)]

        await desk.desk.unwatch(ticket.id, by=ben)
        await desk.desk.unwatch(ticket.id, by=ben)
        with pytest.raises(PermissionRefused):
            await desk.desk.unwatch(ticket.id, by=ben, who=mia.id)
        assert [each.name for each in await desk.desk.watchers(ticket.id, by=ben)] == ["Mia"]
        assert (await records(desk, ticket.id))[1:] == ["watcher.added", "watcher.added", "watcher.removed"]
        assert await desk.broken_chains() == []

    async def test_whom_a_comment_names_watches_its_ticket(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, ben: Person
    ) -> None:
        refunds = await desk.desk.add_team("Refunds", None)
        await desk.desk.comment(ticket.id, "@Mia looks, @Refunds pays.", by=mia, mentions=[ben.id, mia.id])
        known = await desk.desk.watchers(ticket.id, by=mia)
        assert {each.id for each in known} == {ben.id, refunds.id}
        assert {each.because for each in known} == {Because.MENTIONED}

    async def test_nobody_unknown_watches(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        with pytest.raises(NotFound):
            await desk.desk.watch(ticket.id, by=mia, person=uuid4())
        with pytest.raises(NotFound):
            await desk.desk.watch(ticket.id, by=mia, team=uuid4())
        assert await desk.count("ticket_watcher") == 0


class TestDue:
    async def test_when_it_comes_people_are_reminded_once_however_many_clocks_there_are(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        await desk.desk.set_due(ticket.id, after(60), by=mia)
        assert await remind_due(start=desk.start, now=after(59)) == 0
        told = await asyncio.gather(*(remind_due(start=desk.start, now=after(60)) for _ in range(3)))
        assert sum(told) == 1
        assert (await desk.jobs()).count("DueCame") == 1
        assert (await records(desk, ticket.id)).count("due.came") == 1
        assert (await read(desk, ticket.id)).due_at == after(60)

    async def test_nobody_is_reminded_of_what_is_settled_or_promised_anew(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        await desk.desk.set_due(ticket.id, after(60), by=mia)
        await desk.desk.set_due(ticket.id, after(120), by=mia)
        assert await remind_due(start=desk.start, now=after(60)) == 0
        await desk.desk.change_status(ticket.id, RESOLVED, by=mia)
        assert await remind_due(start=desk.start, now=after(120)) == 0
        assert (await read(desk, ticket.id)).remind_at is None


class TestTagsAndOwner:
    async def test_stand_on_the_ticket_and_in_its_record(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        team = await desk.desk.add_team("Refunds", None)
        await desk.desk.tag(ticket.id, add=["VIP", "late"], by=mia)
        tagged = await desk.desk.tag(ticket.id, add=["broken"], remove=["Late"], by=mia)
        await desk.desk.set_owner(ticket.id, team=team.id, by=mia)
        stored = await read(desk, ticket.id)
        assert stored.tags == tagged.tags == ("vip", "broken")
        assert (stored.owner_id, stored.owner_team_id) == (None, team.id)
        assert (await records(desk, ticket.id))[1:] == ["tags.changed", "tags.changed", "owner.changed"]
        assert (await desk.jobs()).count("TicketChanged") == 3


class TestHandOff:
    async def test_the_other_team_can_claim_it_at_once_and_the_owner_stays(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, ben: Person
    ) -> None:
        team = await desk.desk.add_team("Refunds", None)
        await desk.desk.claim(ticket.conversation_id, by=mia)
        await desk.desk.set_owner(ticket.id, person=mia.id, by=mia)
        seen = await read(desk, ticket.id)
        handed = await desk.desk.hand_off(ticket.id, team.id, by=mia, seen=seen.version)
        assert (handed.team_id, handed.assignee_id, handed.owner_id) == (team.id, None, mia.id)
        assert await desk.desk.hand_off(ticket.id, team.id, by=mia, seen=seen.version) == handed  # pressed twice
        (claimed,) = await desk.desk.claim(ticket.conversation_id, by=ben)
        assert claimed.assignee_id == ben.id
        with pytest.raises(ChangedMeanwhile):
            await desk.desk.hand_off(ticket.id, team.id, by=ben, seen=handed.version)
        assert await desk.broken_chains() == []

    async def test_who_has_other_tickets_of_the_conversation_keeps_it(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        team = await desk.desk.add_team("Refunds", None)
        await desk.ticket(ticket.conversation_id, mia)
        await desk.desk.claim(ticket.conversation_id, by=mia)
        await desk.desk.hand_off(ticket.id, team.id, by=mia)
        async with desk.start() as uow:
            assert (await uow.conversations.get(ticket.conversation_id)).assignee_id == mia.id


class TestLinks:
    async def test_both_tickets_know_it_and_both_record_it(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        other = await desk.ticket(ticket.conversation_id, mia, "Another mug")
        for _ in range(2):
            await desk.desk.link(ticket.id, LinkKind.BLOCKS, other.id, by=mia)
        (here,) = await desk.desk.links(ticket.id, by=mia)
        (there,) = await desk.desk.links(other.id, by=mia)
        assert (here.words, here.number, here.subject) == ("blocks", other.number, "Another mug")
        assert (there.words, there.id) == ("is blocked by", ticket.id)
        for _ in range(2):
            await desk.desk.unlink(ticket.id, LinkKind.BLOCKS, other.id, by=mia)
        assert await desk.desk.links(other.id, by=mia) == []
        for each in (ticket, other):
            assert (await records(desk, each.id))[1:] == ["link.added", "link.removed"]

    @pytest.mark.parametrize("kind", [LinkKind.BLOCKS, LinkKind.PARENT])
    async def test_no_circle_comes_about_not_even_at_the_same_instant(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, kind: LinkKind
    ) -> None:
        second, third = [await desk.ticket(ticket.conversation_id, mia) for _ in range(2)]
        await desk.desk.link(ticket.id, kind, second.id, by=mia)
        closing = [(second.id, third.id), (third.id, ticket.id)]
        done = await asyncio.gather(
            *(desk.desk.link(one, kind, other, by=mia) for one, other in closing), return_exceptions=True
        )
        assert sorted(type(each).__name__ for each in done) == ["LinkRefused", "NoneType"]
        with pytest.raises(LinkRefused, match="circle"):
            await desk.desk.link(second.id, kind, ticket.id, by=mia)

    async def test_a_child_has_one_parent(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        parent, another = [await desk.ticket(ticket.conversation_id, mia) for _ in range(2)]
        await desk.desk.link(parent.id, LinkKind.PARENT, ticket.id, by=mia)
        with pytest.raises(LinkRefused, match=f"a child of #{parent.number} already"):
            await desk.desk.link(another.id, LinkKind.PARENT, ticket.id, by=mia)


class _PulledPlug(Exception):
    pass


class TestChangingMany:
    async def test_of_500_tickets_37_may_not_and_the_others_move_also_when_it_is_interrupted(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, ben: Person
    ) -> None:
        ids = await five_hundred_like(desk, ticket, theirs=ben, every=13, most=37)
        missing = uuid4()
        wanted = [*ids, missing, ids[0]]

        async def pull_the_plug(done: int, total: int) -> None:
            assert total == 501
            if done == 120:
                raise _PulledPlug

        with pytest.raises(_PulledPlug):
            await desk.desk.change_status_many(wanted, IN_PROGRESS, by=mia, progress=pull_the_plug)
        first = await desk.rows("SELECT id FROM activity WHERE kind = 'status.changed'")
        rows = await desk.desk.change_status_many(wanted, IN_PROGRESS, by=mia, note="sorted")

        assert [row.id for row in rows] == [*ids, missing]
        by_outcome = {kind: [row for row in rows if row.outcome is kind] for kind in Outcome}
        moved = len(by_outcome[Outcome.DONE]) + len(by_outcome[Outcome.ALREADY])
        assert (moved, len(by_outcome[Outcome.ALREADY])) == (463, len(first))
        assert len(by_outcome[Outcome.REFUSED]) == 37
        assert {row.why for row in by_outcome[Outcome.REFUSED]} == {
            "You may not change the status: that is for its assignee, a supervisor of its team or an admin."
        }
        assert [row.id for row in by_outcome[Outcome.NOT_FOUND]] == [missing]
        (counted,) = await desk.rows(
            "SELECT (SELECT count(*) FROM ticket WHERE status = 'in_progress') AS moved, "
            "(SELECT count(*) FROM activity WHERE kind = 'status.changed') AS records, "
            "(SELECT count(*) FROM pgqueuer WHERE entrypoint = 'StatusChanged') AS events"
        )
        assert tuple(counted) == (463, 463, 463)


async def five_hundred_like(desk: DeskAtWork, ticket: Ticket, *, theirs: Person, every: int, most: int) -> list[UUID]:
    """Copies of the ticket in the order of their numbers; of each so many, one is a colleague's."""
    await desk.rows_changed(
        """
        INSERT INTO ticket (id, number, conversation_id, customer_id, type, category, subject, description, status,
            priority, team_id, assignee_id, reporter, created_at, updated_at, version, status_category, status_since)
        SELECT gen_random_uuid(), 1000 + i, conversation_id, customer_id, type, category, subject, description, status,
            priority, team_id,
            CASE WHEN i % :every = 0 AND i / :every < :most THEN CAST(:theirs AS uuid) ELSE assignee_id END,
            reporter, created_at, updated_at, 1, status_category, status_since
        FROM ticket, generate_series(0, 499) AS i WHERE ticket.id = :ticket
        """,
        ticket=ticket.id,
        theirs=theirs.id,
        every=every,
        most=most,
    )
    return [row.id for row in await desk.rows("SELECT id FROM ticket WHERE number >= 1000 ORDER BY number")]


REPLIES = (
    ("sorry", "Sorry", "About #{{ticket.number}}: we are sorry. {{agent.name}}"),
    ("refund", "Refund", "You get {{ fields.amount }} back."),
)


class TestSavedReplies:
    async def test_are_filled_in_and_refused_with_a_hole(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        known = {key: SavedReply(key, label, text) for key, label, text in REPLIES}
        amount = Field("amount", "Refund amount", FieldKind.MONEY, currency="EUR")
        desk.playbooks = InForce(replace(with_fields(amount), replies=known))
        assert [each.label for each in await desk.desk.saved_replies(ticket.id, by=mia)] == ["Sorry", "Refund"]
        words = await desk.desk.fill_saved_reply(ticket.id, "sorry", by=mia)
        assert words == f"About #{ticket.number}: we are sorry. Mia"
        with pytest.raises(ReplyIncomplete, match="“Refund” needs what #1 does not have: Refund amount"):
            await desk.desk.fill_saved_reply(ticket.id, "refund", by=mia)
        await desk.rows_changed('UPDATE ticket SET fields = \'{"amount": "89.00"}\'')
        assert await desk.desk.fill_saved_reply(ticket.id, "refund", by=mia) == "You get 89.00 EUR back."
        with pytest.raises(NotFound):
            await desk.desk.fill_saved_reply(ticket.id, "gone", by=mia)
