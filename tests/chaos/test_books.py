"""The books find what is wrong: a balance that cannot be wrong proves nothing."""

import random
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from chaos.books import Books
from chaos.books.customers import balance_customers
from chaos.books.deeds import balance_deeds
from chaos.books.files import balance_files
from chaos.books.ledger import Ledger, Tables
from chaos.books.teamwork import balance_teamwork
from chaos.memory import measured
from chaos.office import Deed, Outcome
from chaos.phones import Phones
from chaos.processes import Life
from chaos.quiet import undisturbed
from chaos.town import Kind, Town, town
from emulators.telegram import BotAccount
from emulators.twilio import Account


def a_ledger(**tables: Any) -> Ledger:
    empty: dict[str, Any] = {
        "messages": [],
        "tickets": [],
        "entries": [],
        "conversations": [],
        "comments": [],
        "people": {},
        "triaged": {},
        "outcomes": {},
        "odd_events": [],
        "records": [],
        "files": [],
        "approvals": [],
        "decisions": [],
        "merges": [],
        "teams": {},
        "senders": {},
        "notices": [],
        "customers": 0,
        "unfinished": 0,
    }
    return Ledger(Tables(**{**empty, **tables}))


def a_greeting() -> Town:
    """One customer, one message, no ticket; it was acknowledged."""
    citizen = next(each for each in town(random.Random(1), 300, 1).citizens if each.kind is Kind.GREETS)
    citizen.messages[0].begun_at = citizen.messages[0].acknowledged_at = 1.0
    return Town([citizen])


def filed(people: Town, *, times: int = 1, triaged: bool = True) -> Ledger:
    """The ledger of a desk that filed that one message so often."""
    (citizen,) = people.citizens
    row = {"address": citizen.address, "text": citizen.messages[0].text, "direction": "in", "triaged": triaged}
    messages = [{**row, "id": uuid4()} for _ in range(times)]
    return a_ledger(
        messages=messages,
        conversations=[{"address": citizen.address}],
        triaged={each["id"]: 1 for each in messages},
        customers=1,
    )


def wrong_with(people: Town, ledger: Ledger) -> str:
    books = Books()
    balance_customers(books, ledger, [people])
    return "\n".join(books.wrong)


class TestMessages:
    def test_a_message_that_was_filed_once_is_right(self) -> None:
        people = a_greeting()
        assert wrong_with(people, filed(people)) == ""

    @pytest.mark.parametrize("times", [0, 2])
    def test_one_that_was_acknowledged_and_is_lost_or_doubled_is_wrong(self, times: int) -> None:
        people = a_greeting()
        assert f"filed {times} times, acknowledged" in wrong_with(people, filed(people, times=times))

    @pytest.mark.parametrize("times", [0, 1])
    def test_one_that_was_never_acknowledged_may_be_there_or_not(self, times: int) -> None:
        people = a_greeting()
        ledger = filed(people, times=times) if times else a_ledger()
        people.citizens[0].messages[0].acknowledged_at = None
        assert wrong_with(people, ledger) == ""

    def test_one_that_nobody_wrote_is_wrong(self) -> None:
        people = a_greeting()
        ledger = filed(people)
        people.citizens[0].messages[0].begun_at = None
        assert "nobody wrote it" in wrong_with(people, ledger)

    @pytest.mark.parametrize(("events", "right"), [(1, True), (0, False)])
    def test_one_of_a_blocked_sender_is_an_event_that_says_so(self, events: int, right: bool) -> None:
        people = a_greeting()
        blocked = [{"stream_id": "sender", "kind": "sender.blocked"}]
        senders = {people.citizens[0].address: "sender"}
        ledger = a_ledger(senders=senders, records=blocked, outcomes={"blocked": events})
        assert (wrong_with(people, ledger) == "") is right

    def test_an_event_that_says_blocked_where_nobody_was_is_wrong(self) -> None:
        people = a_greeting()
        ledger = filed(people)
        ledger.tables.outcomes["blocked"] = 1
        assert "1 blocked" in wrong_with(people, ledger)

    def test_one_that_nobody_understood_is_wrong(self) -> None:
        people = a_greeting()
        assert "not marked understood" not in wrong_with(people, filed(people))
        assert people.citizens[0].messages[0].text in wrong_with(people, filed(people, triaged=False))


def wrong_replies(told: Outcome, rows: list[dict[str, Any]], *, sent: int = 0) -> str:
    """A reply "Yes." that was written with this outcome, stored as these rows, and taken by Twilio so often."""
    books, twilio = Books(), Account(limits=False)
    for _ in range(sent):
        twilio.accept({"To": ["whatsapp:+4915112345678"], "From": [twilio.sender], "Body": ["Yes."]})
    base = {"address": "+4915112345678", "text": "Yes.", "direction": "out", "author_id": "mia"}
    ledger = a_ledger(messages=[{**base, **row} for row in rows])
    balance_deeds(
        books, ledger, [Deed("reply", "mia@example.com", "t", "Yes.", told)], Phones(twilio, BotAccount()).sent()
    )
    return "\n".join(books.wrong)


class TestReplies:
    @pytest.mark.parametrize(
        ("told", "rows", "sent"),
        [
            (Outcome.DONE, [{"delivery": "delivered"}], 1),
            (Outcome.DONE, [{"delivery": "failed"}], 0),
            (Outcome.DONE, [{"delivery": "unknown"}], 0),
            (Outcome.DONE, [{"delivery": "unknown"}], 1),
            (Outcome.REFUSED, [], 0),
            (Outcome.UNKNOWN, [], 0),
            (Outcome.UNKNOWN, [{"delivery": "sent"}], 1),
        ],
    )
    def test_what_may_be(self, told: Outcome, rows: list[dict[str, Any]], sent: int) -> None:
        assert wrong_replies(told, rows, sent=sent) == ""

    @pytest.mark.parametrize(
        ("told", "rows", "sent", "words"),
        [
            (Outcome.DONE, [], 0, "is there 0 times"),
            (Outcome.REFUSED, [{"delivery": "sent"}], 1, "is there 1 times"),
            (Outcome.UNKNOWN, [{"delivery": "sent"}, {"delivery": "sent"}], 1, "is there 2 times"),
            (Outcome.DONE, [{"delivery": "delivered"}], 2, "went to +4915112345678 2 times"),
            (Outcome.DONE, [{"delivery": "sending"}], 1, "is sending"),
            (Outcome.DONE, [{"delivery": "pending"}], 0, "is pending"),
            (Outcome.DONE, [{"delivery": "delivered"}], 0, "and not there"),
            (Outcome.DONE, [{"delivery": "failed"}], 1, "is failed, and queued"),
            (Outcome.REFUSED, [], 1, "'Yes.' to +4915112345678"),
        ],
    )
    def test_what_must_not_be(self, told: Outcome, rows: list[dict[str, Any]], sent: int, words: str) -> None:
        assert words in wrong_replies(told, rows, sent=sent)


class TestNotices:
    """What colleagues who are not in Slack are told by mail."""

    @pytest.mark.parametrize(
        ("states", "copies", "words"),
        [
            (["sent"], 1, ""),
            (["unknown"], 0, ""),
            (["unknown"], 1, ""),
            (["dropped"], 0, ""),
            (["sent"], 2, "omar@example.com got 2, 1 were sent"),
            (["dropped"], 1, "omar@example.com got 1, 0 were sent"),
            (["sent"], 0, "omar@example.com got 0"),
            (["sending"], 1, "omar@example.com"),
        ],
    )
    def test_are_told_once(self, states: list[str], copies: int, words: str) -> None:
        omar = "omar@example.com"
        ledger = a_ledger(people={omar: "omar"}, notices=[{"email": omar, "mail": each} for each in states])
        books = Books()
        balance_deeds(books, ledger, [], {(omar, "Kim asks."): ["sent"] * copies})
        assert words in "\n".join(books.wrong)
        assert bool(books.wrong) is bool(words)


def wrong_claims(told: Outcome, *records: tuple[str, str, str, str]) -> str:
    """What the books say of one claim by Mia, given records as (stream, kind, field, value)."""
    rows = [
        {"stream_id": stream, "kind": kind, "actor_id": "mia", "before": None, "after": {name: value}}
        for stream, kind, name, value in records
    ]
    ledger = a_ledger(
        people={"mia@example.com": "mia"}, tickets=[{**_TICKET, "id": "t", "conversation_id": "c"}], records=rows
    )
    books = Books()
    balance_deeds(books, ledger, [Deed("claim", "mia@example.com", "t", "", told)], {})
    return "\n".join(books.wrong)


_TICKET = {"number": 1, "subject": "Mug", "address": "+4915112345678", "reporter": "ai", "merged_into": None}
_ASSIGNED = ("t", "ticket.assigned", "assignee", "mia")
_CLAIMED = ("c", "conversation.claimed", "assignee", "mia")
_RESOLVED = ("t", "status.changed", "status", "resolved")


class TestClaims:
    @pytest.mark.parametrize(
        ("told", "records"),
        [
            (Outcome.DONE, [_CLAIMED, _ASSIGNED]),
            (Outcome.DONE, [_RESOLVED, _CLAIMED]),  # the ticket was over when the click came
            (Outcome.UNKNOWN, []),
        ],
    )
    def test_what_may_be(self, told: Outcome, records: list[tuple[str, str, str, str]]) -> None:
        assert "left no record" not in wrong_claims(told, *records)

    @pytest.mark.parametrize("records", [[], [_CLAIMED], [_RESOLVED]])
    def test_one_that_was_done_leaves_a_record(self, records: list[tuple[str, str, str, str]]) -> None:
        assert "left no record" in wrong_claims(Outcome.DONE, *records)


def a_life(*resident: float) -> Life:
    """Sampled every five seconds."""
    return Life("worker", 0.0, [(5.0 * at, mb) for at, mb in enumerate(resident)])


class TestMemory:
    def test_growth_while_it_warms_up_is_not_counted(self) -> None:
        seen = measured(a_life(*range(50, 100, 5), *[100.0] * 50))
        assert seen is not None
        assert seen.judged
        assert seen.flat

    def test_a_process_that_grows_all_the_time_is_not_flat(self) -> None:
        seen = measured(a_life(*(100.0 + at for at in range(60))))
        assert seen is not None
        assert not seen.flat

    def test_a_short_life_says_nothing(self) -> None:
        seen = measured(a_life(*(100.0 * at for at in range(1, 10))))
        assert seen is not None
        assert not seen.judged
        assert seen.flat


class TestTown:
    def test_the_same_seed_is_the_same_town(self) -> None:
        assert town(random.Random(7), 100, 10).citizens == town(random.Random(7), 100, 10).citizens

    def test_has_at_least_the_messages_asked_for(self) -> None:
        assert town(random.Random(7), 100, 10).planned >= 100


def wrong_files(*rows: dict[str, Any]) -> str:
    """Of somebody who sent one photo, whose message was filed."""
    citizen = next(each for each in town(random.Random(1), 300, 1).citizens if each.kind is Kind.PHOTOGRAPHS)
    told = citizen.messages[0]
    told.begun_at = told.acknowledged_at = 1.0
    message = {"id": uuid4(), "address": citizen.address, "text": told.text, "direction": "in"}
    kept = {
        "message_id": message["id"],
        "state": "stored",
        "sha256": sha256(told.photo or b"").hexdigest(),
        "why": None,
    }
    books = Books()
    balance_files(books, a_ledger(messages=[message], files=[{**kept, **row} for row in rows]), [Town([citizen])])
    return "\n".join(books.wrong)


class TestFiles:
    def test_one_that_was_kept_once_is_right(self) -> None:
        assert wrong_files({}) == ""

    def test_one_that_is_lost_doubled_changed_or_not_stored_is_wrong(self) -> None:
        assert "it is not there" in wrong_files()
        assert "that they did not send" in wrong_files({}, {})
        assert "that they did not send" in wrong_files({"sha256": "other"})
        assert "is gone: Telegram has it no more" in wrong_files({"state": "gone", "why": "Telegram has it no more"})


async def test_books_that_were_drawn_while_something_came_are_drawn_again() -> None:
    came, drawn = iter([7, 9, 9, 9]), iter(["half of it", "all of it"])
    waited: list[str] = []

    async def moved() -> int:
        return next(came)

    async def draw() -> str:
        return next(drawn)

    async def settle() -> None:
        waited.append("until it is quiet")

    assert await undisturbed(draw, moved, settle) == "all of it"
    assert waited == ["until it is quiet"]


def wrong_teamwork(deeds: list[Deed], *records: tuple[str, str, dict[str, Any]], into: str | None = None) -> str:
    """What the books say of what Mia did behind More of ticket "t", given records as (stream, kind, what it holds)."""
    rows = [
        {"stream_id": stream, "kind": kind, "actor_id": "mia", "before": {"tags": []}, "after": after}
        for stream, kind, after in records
    ]
    ticket = {**_TICKET, "id": "t", "conversation_id": "c", "merged_into": into}
    kept = [{"survivor_id": into, "absorbed_id": "t", "messages": []}] if into else []
    books = Books()
    balance_teamwork(
        books, a_ledger(people={"mia@example.com": "mia"}, tickets=[ticket], records=rows, merges=kept), deeds
    )
    return "\n".join(books.wrong)


def a_deed(kind: str, to: str, told: Outcome = Outcome.DONE) -> Deed:
    return Deed(kind, "mia@example.com", "t", to, told)


_MERGED = ("t", "ticket.merged", {"absorbed": "t", "survivor": "s", "watchers": []})
_PARTED = ("t", "ticket.unmerged", {"absorbed": "t", "survivor": "s", "watchers": []})
_MERGE, _PART = a_deed("merge", "t into s"), a_deed("part", "t")
_HANDED = ("t", "ticket.handed_off", {"team": "refunds"})
_TAGGED = ("t", "tags.changed", {"tags": ["vip"]})
_LINKED = {"link": "blocks", "origin": "t", "target": "s"}


class TestTeamwork:
    @pytest.mark.parametrize(
        ("deeds", "records", "into"),
        [
            ([_MERGE], [_MERGED], "s"),
            ([_MERGE, _PART, _MERGE], [_MERGED, _PARTED, _MERGED], "s"),
            ([a_deed("merge", "t into s", Outcome.UNKNOWN)], [], None),
            ([a_deed("hand off", "refunds")], [_HANDED], None),
            ([a_deed("hand off", "support")], [("t", "ticket.opened", {"team": "support"})], None),
            ([a_deed("tag", "vip")], [_TAGGED], None),
            ([a_deed("link", "t blocks s")], [("t", "link.added", _LINKED), ("s", "link.added", _LINKED)], None),
        ],
    )
    def test_what_may_be(self, deeds: list[Deed], records: list[Any], into: str | None) -> None:
        assert wrong_teamwork(deeds, *records, into=into) == ""

    @pytest.mark.parametrize(
        ("deeds", "records", "into", "words"),
        [
            ([_MERGE], [], None, "deeds behind More"),
            ([_MERGE], [_MERGED], None, "goes on in ''"),
            ([_MERGE, _MERGE], [_MERGED, _MERGED], "s", "twice running"),
            ([_MERGE, _PART], [_MERGED], "s", "part t of t"),
            ([a_deed("hand off", "refunds")], [_HANDED, _HANDED], None, "2 times, asked for 1 times"),
            ([a_deed("hand off", "refunds", Outcome.REFUSED)], [_HANDED], None, "asked for 0 times"),
            ([a_deed("tag", "gold")], [_TAGGED], None, "tag gold of t"),
            ([], [("t", "link.added", _LINKED)], None, "asked for 0 times"),
        ],
    )
    def test_what_must_not_be(self, deeds: list[Deed], records: list[Any], into: str | None, words: str) -> None:
        assert words in wrong_teamwork(deeds, *records, into=into)
