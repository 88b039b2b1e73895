"""A customer on one screen, found by anything people know of them; and customers from a file."""

from datetime import timedelta
from uuid import UUID

import pytest

from core.errors import NotFound
from storage.customers import SqlCustomers
from storage.playbooks import Playbooks
from tests.factories import NOW as _NOW
from tests.storage.desk import CUSTOMER, DeskAtWork, a_message
from tests.storage.test_customers import PHONE, TELEGRAM, owner, stored, writes
from ticketing.customers.attributes import attributes_of
from ticketing.customers.import_file import ImportLine


@pytest.fixture
def readers(desk: DeskAtWork) -> SqlCustomers:
    return SqlCustomers(desk.database, Playbooks())


async def test_the_profile_has_everything_of_both_channels(desk: DeskAtWork, readers: SqlCustomers) -> None:
    mia = await desk.person()
    clara = await writes(desk, CUSTOMER, "From the phone", name="Clara", **PHONE)
    desk.now += timedelta(minutes=1)
    await writes(desk, TELEGRAM, "From Telegram", **PHONE)
    (talk,) = await desk.rows("SELECT id FROM conversation WHERE address = :a", a=TELEGRAM)
    ticket = await desk.ticket(talk.id, mia, "A mug")
    desk.now += timedelta(minutes=1)
    await desk.reply(ticket, mia, "Sorry!")
    profile = await readers.profile(clara, now=desk.now)
    assert [each.address for each in profile.identities] == [CUSTOMER, TELEGRAM]
    assert [each.number for each in profile.open_tickets] == [ticket.number]
    assert [(each.text, each.author) for each in profile.messages] == [
        ("Sorry!", "Mia"),
        ("From Telegram", None),
        ("From the phone", None),
    ]
    assert [each.last_words for each in profile.conversations] == ["Sorry!", "From the phone"]
    (merge,) = profile.merges
    assert (await readers.profile(merge.absorbed_id, now=desk.now)).customer.id == clara


async def test_the_timeline_goes_on_where_a_page_ended(desk: DeskAtWork, readers: SqlCustomers) -> None:
    for number in range(7):  # three at each instant: a page may end between two of one instant
        desk.now += timedelta(seconds=number % 3 == 0)
        clara = await writes(desk, (CUSTOMER, TELEGRAM)[number % 2], str(number), **PHONE)
    page, seen = (await readers.profile(clara, now=desk.now, messages=2)).messages, []
    while page:
        seen += [each.text for each in page]
        page = tuple(await readers.timeline(clara, before=(page[-1].at, page[-1].id), most=2))
    assert sorted(seen) == [str(number) for number in range(7)]
    assert seen[0] == "6"


async def test_the_timeline_of_who_was_merged_is_that_of_who_they_are_now(
    desk: DeskAtWork, readers: SqlCustomers
) -> None:
    clara, other = await writes(desk, CUSTOMER, "One"), await writes(desk, TELEGRAM, "Two")
    await desk.desk.merge_customers(clara, other)
    before = (desk.now + timedelta(days=1), clara)
    texts = [[each.text for each in await readers.timeline(whose, before=before)] for whose in (clara, other)]
    assert [sorted(each) for each in texts] == [["One", "Two"]] * 2


async def test_who_is_not_there_is_not_found(readers: SqlCustomers) -> None:
    for asking in (readers.profile(UUID(int=1), now=_NOW), readers.of_conversation(UUID(int=1))):
        with pytest.raises(NotFound):
            await asking


@pytest.mark.parametrize(
    "said", ["clara", "MEI", "Meier Clara", CUSTOMER, CUSTOMER[:7], f"fake:{CUSTOMER}", "#1", "+49 151 1234"]
)
async def test_customers_are_found_by_what_people_know_of_them(
    desk: DeskAtWork, readers: SqlCustomers, said: str
) -> None:
    clara = await writes(desk, CUSTOMER, name="Clara Meier")
    await writes(desk, TELEGRAM, name="Ben")
    (talk,) = await desk.rows("SELECT id FROM conversation WHERE address = :a", a=CUSTOMER)
    await desk.ticket(talk.id, await desk.person())
    assert [each.id for each in await readers.search(said)] == [clara]
    assert [each.name for each in await readers.page()] == ["Ben", "Clara Meier"]


@pytest.mark.parametrize("said", ["", "'", "& | !", "#99999999999999", "%", "\\", "a:b:c", "<->"])
async def test_nonsense_finds_nobody(desk: DeskAtWork, readers: SqlCustomers, said: str) -> None:
    await writes(desk, CUSTOMER, name="Clara")
    assert await readers.search(said) == []


class TestImport:
    async def test_makes_the_new_changes_the_known_and_does_nothing_the_second_time(self, desk: DeskAtWork) -> None:
        known = await writes(desk, TELEGRAM, **PHONE)
        lines = [
            ImportLine(2, (("whatsapp", CUSTOMER), ("email", "clara@example.com")), {"tier": "gold"}),
            ImportLine(3, (("whatsapp", "+4930123456"),), {"name": "Ben", "attr.vip": True}),
        ]
        dry = await desk.desk.import_customers(lines, dry_run=True)
        assert await desk.count("identity") == 1
        done = await desk.desk.import_customers(lines, dry_run=False)
        assert (dry.made, dry.changed) == (done.made, done.changed) == (1, 1)
        again = await desk.desk.import_customers(lines, dry_run=False)
        assert (again.made, again.changed, again.unchanged) == (0, 0, 2)
        assert attributes_of(await stored(desk, known)) == {"tier": "gold"}
        assert await owner(desk, "clara@example.com") == known
        ben = await stored(desk, await owner(desk, "+4930123456"))
        assert (ben.name, dict(ben.custom)) == ("Ben", {"vip": True})
        assert await desk.broken_chains() == []

    async def test_a_line_about_two_customers_says_how_to_merge_them(self, desk: DeskAtWork) -> None:
        await writes(desk, CUSTOMER)
        await writes(desk, TELEGRAM)
        line = ImportLine(2, (("fake", CUSTOMER), ("fake", TELEGRAM)), {"tier": "gold"})
        done = await desk.desk.import_customers([line], dry_run=False)
        assert (done.changed, done.errors[0].line) == (0, 2)
        assert "threadline customers merge" in done.errors[0].message

    async def test_a_file_vouches_for_nothing(self, desk: DeskAtWork) -> None:
        """Who is imported is matched once they write, by the channel's word."""
        telegram = await writes(desk, TELEGRAM, phone="+4930999999")
        lines = [ImportLine(2, (("fake", "+4930999999"),), {"tier": "gold"})]
        await desk.desk.import_customers(lines, dry_run=False)
        imported = await owner(desk, "+4930999999")
        assert imported != telegram
        await desk.file(await desk.store(a_message(sender="+4930999999") | {"phone": "+4930999999"}))
        assert await owner(desk, "+4930999999") == telegram
        assert (await stored(desk, telegram)).tier == "gold"
