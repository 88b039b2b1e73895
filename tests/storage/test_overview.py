"""One screen of a ticket, and what its menus offer, over a real database."""

import pytest

from core.errors import NotFound
from core.ids import new_id
from tests.storage.desk import DeskAtWork
from ticketing.collaboration.choosing import as_typed
from ticketing.collaboration.hand_off import HandOffRefused
from ticketing.collaboration.link import LinkKind
from ticketing.people.permissions import Act, PermissionRefused
from ticketing.people.person import Person, Role, Team
from ticketing.tickets.changes import ChangedMeanwhile, TicketIsMerged
from ticketing.tickets.ticket import Ticket

OTHER = "+4915199999999"


@pytest.fixture
async def refunds(desk: DeskAtWork) -> Team:
    await desk.desk.add_team("Support", "C1")
    return await desk.desk.add_team("Refunds", "C2")


@pytest.fixture
async def mia(desk: DeskAtWork, refunds: Team) -> Person:
    return await desk.person("Mia")


@pytest.fixture
async def ben(desk: DeskAtWork, refunds: Team) -> Person:
    return await desk.desk.add_person("Ben Berger", "ben@example.com", Role.AGENT, refunds.name)


@pytest.fixture
async def ada(desk: DeskAtWork, refunds: Team) -> Person:
    return await desk.person("Ada", Role.ADMIN)


@pytest.fixture
async def ticket(desk: DeskAtWork, mia: Person) -> Ticket:
    ticket = await desk.ticket(await desk.customer_writes(), mia)
    return await desk.desk.assign(ticket.id, mia.id, by=mia)


class TestOverview:
    async def test_has_all_that_was_arranged(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, ben: Person, refunds: Team
    ) -> None:
        twin = await desk.ticket(ticket.conversation_id, mia, "A broken mug, again")
        third = await desk.ticket(ticket.conversation_id, mia, "Where is my parcel?")
        await desk.desk.watch(ticket.id, by=mia)
        await desk.desk.watch(ticket.id, by=mia, team=refunds.id)
        await desk.desk.link(ticket.id, LinkKind.BLOCKS, third.id, by=mia)
        await desk.desk.set_owner(ticket.id, person=ben.id, by=mia)
        seen = await desk.desk.overview(ticket.id, by=mia)
        assert [each.name for each in seen.watchers] == ["Mia", "Refunds"]
        assert (seen.watches, seen.owner and seen.owner.name) == (True, "Ben Berger")
        assert [(each.words, each.number) for each in seen.links] == [("blocks", third.number)]
        assert {each.ticket.number for each in seen.likely} >= {twin.number}
        assert Act.SET_DUE in seen.may
        await desk.desk.merge_tickets(ticket.id, twin.id, by=mia)
        theirs = await desk.desk.overview(ticket.id, by=ben)
        assert [each.number for each in theirs.merged] == [twin.number]
        assert (theirs.watches, Act.SET_DUE in theirs.may, Act.TAG in theirs.may) == (False, False, True)
        with pytest.raises(TicketIsMerged):
            await desk.desk.overview(twin.id, by=mia, to=Act.TAG)
        assert (await desk.desk.overview(twin.id, by=mia)).likely == ()

    async def test_whoever_may_not_is_told_before_anything_is_filled_in(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, ben: Person
    ) -> None:
        with pytest.raises(PermissionRefused, match="You may not change the due date"):
            await desk.desk.overview(ticket.id, by=ben, to=Act.SET_DUE)
        await desk.desk.overview(ticket.id, by=mia, to=Act.SET_DUE)
        with pytest.raises(NotFound):
            await desk.desk.overview(new_id(), by=mia)


class TestPeopleToChoose:
    async def test_oneself_first_then_the_tickets_team_and_how_much_they_have(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, ben: Person, ada: Person, refunds: Team
    ) -> None:
        await desk.desk.hand_off(ticket.id, refunds.id, by=mia)
        await desk.ticket(ticket.conversation_id, mia, "Another")  # which is Mia's
        found = await desk.desk.assignable(ticket.id, "", by=ada)
        assert [(each.name, each.is_me, each.is_of_team) for each in found] == [
            ("Ada", True, False),
            ("Ben Berger", False, True),
            ("Mia", False, False),
        ]
        assert [each.open_tickets for each in found] == [0, 0, 1]

    @pytest.mark.parametrize("said", ["ber", "BEN", " ben  ber", "ben@"])
    async def test_by_the_beginning_of_a_name_or_address(
        self, desk: DeskAtWork, ticket: Ticket, ben: Person, ada: Person, said: str
    ) -> None:
        assert [each.id for each in await desk.desk.assignable(ticket.id, said, by=ada)] == [ben.id]

    @pytest.mark.parametrize("said", ["%", "_", "\\", "erger", "\x00%"])
    async def test_signs_mean_nothing(
        self, desk: DeskAtWork, ticket: Ticket, ben: Person, ada: Person, said: str
    ) -> None:
        assert await desk.desk.assignable(ticket.id, said, by=ada) == []

    async def test_only_oneself_where_one_may_give_it_to_nobody_else(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, ben: Person, refunds: Team
    ) -> None:
        assert [each.id for each in await desk.desk.assignable(ticket.id, "", by=ben)] == [ben.id]
        assert [each.id for each in await desk.desk.members(ticket.id, refunds.id, "", by=ben)] == [ben.id]
        assert await desk.desk.members(ticket.id, refunds.id, "", by=mia) == []

    async def test_people_and_teams_who_may_watch_or_own(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, ben: Person, refunds: Team
    ) -> None:
        found = await desk.desk.everybody(ticket.id, "", by=mia)
        assert [each.name for each in found.people] == ["Mia", "Ben Berger"]
        assert [each.name for each in (await desk.desk.everybody(ticket.id, "refu", by=mia)).teams] == ["Refunds"]


class TestTagsToChoose:
    async def test_those_in_use_that_begin_so_first(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        other = await desk.ticket(ticket.conversation_id, mia, "Another")
        await desk.desk.tag(ticket.id, add=["vip", "not vip", "fragile"], by=mia)
        await desk.desk.tag(other.id, add=["fragile"], by=mia)
        assert await desk.desk.known_tags("", by=mia) == ["fragile", "not vip", "vip"]
        assert await desk.desk.known_tags(" VIP", by=mia) == ["vip", "not vip"]
        assert await desk.desk.known_tags("%", by=mia) == []


class TestTicketsToChoose:
    async def test_by_number_and_by_the_beginnings_of_words(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        other = await desk.ticket(await desk.customer_writes("Hello?", sender=OTHER), mia, "Parcel 5519 is lost")
        third = await desk.ticket(ticket.conversation_id, mia, "A parcel as well")
        names = [each.number for each in await desk.desk.linkable(ticket.id, f"#{other.number}", by=mia)]
        assert names == [other.number]
        assert {each.number for each in await desk.desk.linkable(ticket.id, "parc", by=mia)} == {2, 3}
        assert [each.number for each in await desk.desk.linkable(ticket.id, "", by=mia)] == [third.number]
        assert await desk.desk.linkable(ticket.id, f"#{ticket.number}", by=mia) == []

    async def test_only_the_customers_own_are_offered_for_a_merge_the_likely_ones_first(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        stranger = await desk.ticket(await desk.customer_writes("Hello?", sender=OTHER), mia, "A broken mug")
        twin = await desk.ticket(ticket.conversation_id, mia, "A broken mug, again")
        await desk.desk.change_type(twin.id, "complaint", "billing", by=mia)
        third = await desk.ticket(ticket.conversation_id, mia, "Where is it?")
        await desk.desk.change_type(third.id, "complaint", "shipping", by=mia)
        found = await desk.desk.mergeable(ticket.id, "", by=mia)
        assert [each.ticket.number for each in found] == [twin.number, third.number]
        assert (found[0].why[:15], found[1].why) == ("similar subject", "")
        assert [each.ticket.number for each in await desk.desk.mergeable(ticket.id, "#4", by=mia)] == [third.number]
        assert await desk.desk.mergeable(ticket.id, str(stranger.number), by=mia) == []

    def test_what_is_still_being_typed_may_be_the_beginning_of_a_word(self) -> None:
        assert [term.manner.value for term in as_typed("lost parc").terms] == ["phrase", "beginning"]
        assert as_typed("#12").number == 12
        assert as_typed("").terms == as_typed("…").terms == ()


class TestHandOffWithANote:
    async def test_is_a_comment_once_that_makes_whom_it_names_watch(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, ben: Person, refunds: Team
    ) -> None:
        for _ in range(2):
            await desk.desk.hand_off(ticket.id, refunds.id, by=mia, note="Please, @Ben Berger", request="V1", seen=1)
        rows = await desk.rows("SELECT text FROM comment WHERE ticket_id = :ticket", ticket=ticket.id)
        assert [row.text for row in rows] == ["Please, @Ben Berger"]
        assert [each.name for each in await desk.desk.watchers(ticket.id, by=mia)] == ["Ben Berger"]

    async def test_nothing_is_written_where_it_is_refused(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, ada: Person, refunds: Team
    ) -> None:
        with pytest.raises(HandOffRefused):
            await desk.desk.hand_off(ticket.id, refunds.id, to=ada.id, by=ada, note="For you", request="V1")
        assert await desk.count("comment") == 0


async def test_of_two_who_change_the_owner_at_once_the_second_is_told(
    desk: DeskAtWork, ticket: Ticket, mia: Person, ben: Person, ada: Person
) -> None:
    await desk.desk.set_owner(ticket.id, person=ben.id, by=ada, seen=ticket.version)
    with pytest.raises(ChangedMeanwhile):
        await desk.desk.set_owner(ticket.id, person=mia.id, by=mia, seen=ticket.version)
    await desk.desk.set_owner(ticket.id, person=ben.id, by=mia, seen=ticket.version)  # it is so already


async def test_whoever_watches_or_is_linked_shows_on_the_card(desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
    other = await desk.ticket(ticket.conversation_id, mia, "Another")
    before = (await desk.jobs()).count("TicketChanged")
    await desk.desk.watch(ticket.id, by=mia)
    await desk.desk.watch(ticket.id, by=mia)
    await desk.desk.link(ticket.id, LinkKind.RELATES, other.id, by=mia)
    assert (await desk.jobs()).count("TicketChanged") - before == 3  # one, and both that are linked
