"""Mail in the town, and its books: they find what is wrong with it."""

import asyncio
import random
from collections import Counter
from typing import Any

import pytest

from chaos.books import Books
from chaos.books.customers import balance_customers
from chaos.books.mails import balance_mails
from chaos.post import DESK, WAYS, Post
from chaos.town import Channel, Citizen, Habit, Kind, Told, Town, town
from emulators.mail import MailServer, running
from tests.chaos.test_books import a_ledger

HOME = "citizen1@home.example"


class Port:
    """The desk's port: says yes, or what is laid out, to each mail; keeps those that were whole."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.mails: list[bytes] = []
        self.port = 0

    async def __aenter__(self) -> "Port":
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        try:
            while line := await reader.readline():
                if line.startswith(b"EHLO"):
                    writer.write(b"250-here\r\n250 SIZE\r\n")
                    continue
                if not line.startswith(b"DATA"):
                    writer.write(b"250 yes\r\n")
                    continue
                writer.write(b"354 go on\r\n")
                mail = await reader.readuntil(b"\r\n.\r\n")
                answer = self.answers.pop(0) if self.answers else "250 stored"
                if answer.startswith("250"):
                    self.mails.append(mail)
                writer.write(f"{answer}\r\n".encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def a_citizen(habit: Habit = Habit.READS, *tolds: Told) -> Citizen:
    return Citizen(Channel.EMAIL, HOME, "Citizen 1", Kind.ONE_ISSUE, list(tolds), None, 0.0, habit=habit)


def a_told(text: str = "My mug broke.", ticket: int | None = 0, thread: int = 0, **more: Any) -> Told:
    return Told(text, ticket, "SM1", thread=thread, **more)


async def sent(citizen: Citizen, port: Port, *ways: str) -> Post:
    """What they have to say is brought to the port, and goes wrong in these ways."""
    async with running(MailServer()) as server:
        post = Post(server, port.port, seed=1)
        for way in ways:
            post.faults.next(way)
        for told in citizen.messages:
            told.begun_at = 1.0
            await post.send(citizen, told)
        await server.settled()
        return post


class TestPost:
    @pytest.mark.parametrize(
        ("ways", "answers", "copies"),
        [
            ((), (), 1),
            (("cut before the dot",), (), 1),
            (("answer lost",), (), 2),
            (("twice at once",), (), 2),
            ((), ("451 later", "421 not now"), 1),
        ],
    )
    async def test_a_mail_is_brought_until_it_is_taken(
        self, ways: tuple[str, ...], answers: tuple[str, ...], copies: int
    ) -> None:
        citizen = a_citizen(Habit.READS, a_told("My mug broke.\n.\n..dots"))
        async with Port(*answers) as port:
            post = await sent(citizen, port, *ways)
            assert len(port.mails) == copies
            assert b"\r\n..\r\n" in port.mails[0]
        assert citizen.messages[0].acknowledged_at is not None
        assert post.refused == []

    async def test_one_that_is_refused_for_good_is_in_the_books(self) -> None:
        async with Port("554 no") as port:
            post = await sent(a_citizen(Habit.READS, a_told()), port)
        assert post.refused == [f"554 no to {HOME}"]

    async def test_a_thread_goes_on_and_another_one_begins(self) -> None:
        tolds = (a_told(), a_told("Any news?"), a_told("I was charged twice.", 1, thread=1))
        async with Port() as port:
            await sent(a_citizen(Habit.READS, *tolds), port)
            assert [b"\r\nReferences:" in mail for mail in port.mails] == [False, True, False]

    def test_every_way_in_which_it_goes_wrong_is_known(self) -> None:
        assert set(WAYS) == {"cut before the dot", "answer lost", "twice at once"}


def wrong_mails(rows: list[dict[str, Any]], automatic: int = 0, **tables: Any) -> str:
    """What the books say of two threads of one customer, given the rows of their messages, and of a mailbox that has
    answered by itself so often.
    """
    citizen = a_citizen(Habit.AWAY, a_told("One.", begun_at=1.0), a_told("Two.", 1, 1, begun_at=1.0))
    base = {"address": HOME, "direction": "in", "triaged": True, "automatic": False, "channel": "email"}
    messages = [{**base, "id": at, **row} for at, row in enumerate(rows)]
    books = Books()
    away = [(HOME, "I am away.")] * automatic
    balance_mails(books, a_ledger(messages=messages, **tables), [Town([citizen])], automatic=away)
    return "\n".join(books.wrong)


_ONE, _TWO = {"text": "One.", "conversation_id": "a"}, {"text": "Two.", "conversation_id": "b"}
_AWAY = {"text": "I am away.", "conversation_id": "a", "automatic": True}


class TestBooks:
    def test_what_may_be(self) -> None:
        assert wrong_mails([_ONE, _TWO]) == ""
        assert wrong_mails([_ONE, _TWO, _AWAY], automatic=1) == ""

    def test_two_threads_in_one_conversation(self) -> None:
        assert "are in one conversation" in wrong_mails([_ONE, {**_TWO, "conversation_id": "a"}])

    @pytest.mark.parametrize(
        ("rows", "automatic", "words"),
        [
            ([], 1, "it is not there"),
            ([_AWAY, _AWAY], 1, "was not written"),
            ([_AWAY], 0, "was not written"),
        ],
    )
    def test_what_a_mailbox_wrote_is_lost_or_doubled(
        self, rows: list[dict[str, Any]], automatic: int, words: str
    ) -> None:
        assert words in wrong_mails(rows, automatic)

    def test_what_a_mailbox_wrote_was_understood_or_made_a_ticket(self) -> None:
        assert "taken for a person's" in wrong_mails([_AWAY], 1, triaged={0: 1})
        entry = {"ticket_id": "t", "message_id": 0, "moved_to": None}
        ticket = {"id": "t", "number": 7, "reporter": "ai", "address": HOME}
        assert "#7" in wrong_mails([_AWAY], 1, entries=[entry], tickets=[ticket])

    def test_a_machine_of_ours_that_does_not_stop(self) -> None:
        ours = {"text": "Hi.", "direction": "out", "author_id": None, "conversation_id": "a"}
        assert f"{HOME} got 6" in wrong_mails([ours] * 6)
        assert wrong_mails([ours] * 5) == ""

    def test_each_thread_of_mails_is_a_conversation(self) -> None:
        citizen = a_citizen(Habit.READS, a_told("One.", None, begun_at=1.0), a_told("Two.", None, 1, begun_at=1.0))
        rows = [
            {"id": at, "address": HOME, "text": text, "direction": "in", "triaged": True}
            for at, text in enumerate(("One.", "Two."))
        ]
        for number, right in ((1, False), (2, True), (3, False)):
            books = Books()
            ledger = a_ledger(
                messages=rows, conversations=[{"address": HOME}] * number, customers=1, triaged={0: 1, 1: 1}
            )
            balance_customers(books, ledger, [Town([citizen])])
            assert (books.wrong == []) is right


def test_the_town_has_everybody_who_writes_mails() -> None:
    citizens = [each for each in town(random.Random(1), 600, 1).citizens if each.channel is Channel.EMAIL]
    assert set(Counter(each.habit for each in citizens)) == set(Habit)
    assert {each.kind for each in citizens} == set(Kind) - {Kind.HOSTILE, Kind.IMPATIENT}
    assert all("@" in each.address and DESK not in each.address for each in citizens)
