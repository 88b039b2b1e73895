"""Tickets are found by the words of their texts, whatever people type."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.lists.lists import SqlTicketLists
from storage.lists.search import SqlTicketSearch
from tests.storage.desk import DeskAtWork
from ticketing.tickets.listing import TicketFilter
from ticketing.tickets.search import SNIPPET, Where, read_query, snippet

WORDS = [
    "My mug from order ORD-78932 arrived broken",
    "Die Größe stimmt nicht – „viel zu groß“, schrieb ich an anna@example.com",
    "Refund 89.50 please: order 78932",
    "荷物が届きません O'Brien's parcel 😀",
]


@dataclass(frozen=True, slots=True)
class Opened:
    id: UUID
    number: int


@pytest.fixture
async def tickets(desk: DeskAtWork) -> list[Opened]:
    """One ticket for each of the texts, an hour after each other."""
    for number, words in enumerate(WORDS):
        desk.now += timedelta(hours=1)
        await desk.understand(await desk.customer_writes(words, sender=f"+49{number}"))
    return [Opened(*row) for row in await desk.rows("SELECT id, number FROM ticket ORDER BY number")]


async def found(desk: DeskAtWork, said: str) -> list[int]:
    return [each.ticket.number for each in await SqlTicketSearch(desk.database).search(said)]


async def test_words_numbers_phrases_and_beginnings_find_what_has_them(desk: DeskAtWork, tickets: list[Opened]) -> None:
    first, second, third, fourth = (ticket.number for ticket in tickets)
    wanted = {
        "mug": [first],
        "MUG broken": [first],
        "78932": [third, first],
        "ORD-78932": [first],
        '"order 78932"': [third],
        '"78932 order"': [],
        "mug parcel": [],
        "größe": [second],
        "grösse": [],
        "anna@example.com": [second],
        "example": [second],
        "89.50": [third],
        "o'brien": [fourth],
        "荷物が届きません": [fourth],
        "荷物*": [],  # too short a beginning, and no whole word
        "荷物が*": [fourth],
        "par*": [fourth],
        "arriv* brok*": [first],
        f"#{second}": [second],
        f" {second} ": [second],
        "#999999": [],
    }
    assert {said: await found(desk, said) for said in wanted} == wanted


async def test_the_newest_text_tells_where_the_words_stand(desk: DeskAtWork, tickets: list[Opened]) -> None:
    mia = await desk.person("Ben")
    desk.now += timedelta(hours=1)
    await desk.desk.comment(tickets[0].id, "Zero of these mugs are left", by=mia)
    hits = await SqlTicketSearch(desk.database).search("zero")
    assert [(each.ticket.id, each.where, each.at) for each in hits] == [(tickets[0].id, Where.COMMENT, desk.now)]
    assert hits[0].snippet == "Zero of these mugs are left"
    (by_number, *_) = await SqlTicketSearch(desk.database).search(f"#{tickets[0].number}")
    assert (by_number.where, by_number.snippet) == (Where.NUMBER, WORDS[0])


async def test_a_deleted_comment_is_not_found_and_a_changed_one_by_what_it_says_now(
    desk: DeskAtWork, tickets: list[Opened]
) -> None:
    mia = await desk.person("Ben")
    for source in ("slack:C:1", "slack:C:2"):
        await desk.desk.comment(tickets[0].id, "Zero are left", by=mia, source=source)
    await desk.desk.edit_comment("slack:C:1", "Seventeen are left", by=mia, at=desk.now)
    await desk.desk.delete_comment("slack:C:2")
    assert await found(desk, "zero") == []
    assert await found(desk, "seventeen") == [tickets[0].number]


async def test_what_was_no_ticket_or_moved_away_is_not_found(desk: DeskAtWork, tickets: list[Opened]) -> None:
    first, second, third, _ = (ticket.id for ticket in tickets)
    await desk.rows_changed("UPDATE ticket SET discarded_at = now() WHERE id = :id", id=first)
    await desk.rows_changed("UPDATE ticket SET merged_into = :to WHERE id = :id", id=second, to=third)
    await desk.rows_changed("UPDATE room_entry SET moved_to = :to WHERE ticket_id = :id", id=third, to=first)
    await desk.rows_changed("UPDATE ticket SET subject = 'Money' WHERE id = :id", id=third)
    for said in ("mug", "größe", "refund", f"#{tickets[0].number}"):
        assert await found(desk, said) == []


async def test_a_list_can_be_asked_by_words_too(desk: DeskAtWork, tickets: list[Opened]) -> None:
    lists = SqlTicketLists(desk.database)
    page = await lists.page(TicketFilter(text="order", channels=("fake",)))
    assert [line.number for line in page.lines] == [tickets[0].number, tickets[2].number]
    assert (await lists.page(TicketFilter(text="!!!"))).lines == ()
    assert (await lists.page(TicketFilter(text="order", channels=("whatsapp",)))).lines == ()


HOSTILE = [
    "'); DROP TABLE ticket; --",
    "a & b | !c <-> d:*",
    "\\",
    "''''",
    '"',
    '"""',
    "*",
    "***abc***",
    ":*",
    "mug:*A",
    "\x00mug\x00",
    "\ud800",
    "%s {0} $1 :name",
    "(" * 500,
    "a" * 5000,
    "a* " * 100,
    "~2968",
    "🙂",
    "​",
    "NULL",
    "1e999999",
    "#99999999999999999999",
    "-1",
    "",
]


async def test_whatever_is_typed_is_a_question_and_harms_nothing(desk: DeskAtWork, tickets: list[Opened]) -> None:
    for said in HOSTILE:
        assert set(await found(desk, said)) <= {ticket.number for ticket in tickets}
    assert await found(desk, "\x00mug\x00") == [tickets[0].number]
    assert await found(desk, "mug:*A") == []
    assert await found(desk, "~2968") == []
    assert await desk.count("ticket") == len(WORDS)


class TestReading:
    @given(st.text())
    def test_no_text_is_too_strange_to_be_read(self, said: str) -> None:
        query = read_query(said)
        assert len(query.terms) <= 8
        assert all(any(each.isalnum() for each in term.text) for term in query.terms)

    @given(st.text(), st.text(max_size=20))
    def test_a_snippet_is_short_and_on_one_line(self, text: str, said: str) -> None:
        cut = snippet(text, read_query(said))
        assert len(cut) <= SNIPPET + 2
        assert "\n" not in cut

    def test_a_snippet_shows_where_the_word_stands(self) -> None:
        text = "before " * 100 + "the Parcel stood here " + "after " * 100
        assert "the Parcel stood here" in snippet(text, read_query("parcel"))
