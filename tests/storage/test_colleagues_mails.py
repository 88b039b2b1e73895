"""What colleagues send by mail: comments, and questions that they pass on; and what only claims to be theirs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from core.messages import Inbound, Party, RemoteFile
from storage.rows import AnyRow
from tests.storage.desk import DeskAtWork
from tests.storage.mailing import EVE, MAX, OURS, a_mail, file, filed, note_of
from ticketing.people.person import Person
from ticketing.tickets.ticket import Ticket


@pytest.fixture
async def mia(desk: DeskAtWork) -> Person:
    return await desk.person("Mia")


def from_mia(mia: Person, text: str = "He is a friend of mine.", **letter: object) -> Inbound:
    letter = {"verified": True} | letter
    return a_mail(text, sender=mia.email.title(), name="Mia", **letter)  # type: ignore[arg-type]


async def ticketed(desk: DeskAtWork, mia: Person) -> tuple[UUID, Ticket]:
    here = await filed(desk, a_mail(cc=(Party(mia.email),)))
    return here, await desk.ticket(here, mia)


async def comments(desk: DeskAtWork) -> Sequence[AnyRow]:
    return await desk.rows("SELECT ticket_id, author_id, text, id FROM comment ORDER BY at, id")


class TestInAConversation:
    async def test_a_colleagues_mail_is_a_comment_of_theirs_and_no_message(self, desk: DeskAtWork, mia: Person) -> None:
        here, ticket = await ticketed(desk, mia)
        mail = from_mia(mia, conversation=here)
        jobs = len(await desk.jobs())
        assert [await file(desk, mail), await file(desk, mail)] == ["filed", "filed"]

        (comment,) = await comments(desk)
        assert (comment.ticket_id, comment.author_id) == (ticket.id, mia.id)
        assert comment.text == "(By mail)\nHe is a friend of mine."
        assert await desk.count("message") == 1
        assert (await desk.jobs())[jobs:].count("CommentAdded") == 1
        assert "MessageReceived" not in (await desk.jobs())[jobs:]

    async def test_says_that_the_customer_has_it_as_well_brings_its_files_and_stands_at_the_ticket_it_names(
        self, desk: DeskAtWork, mia: Person
    ) -> None:
        here, ticket = await ticketed(desk, mia)
        await desk.ticket(here, mia)
        mail = from_mia(mia, "x" * 30_000, number=ticket.number, to=(Party(MAX.upper()),))
        mail = replace(mail, files=(RemoteFile("event#0", "photo.jpg", "image/jpeg", 10),))
        assert await file(desk, mail) == "filed"
        (comment,) = await comments(desk)
        assert comment.ticket_id == ticket.id
        assert comment.text.startswith("(By mail, which the customer got as well; only its beginning)\nxxx")
        (attached,) = await desk.rows("SELECT comment_id, channel, source FROM attachment")
        assert tuple(attached) == (comment.id, "email", "event#0")

    async def test_without_a_ticket_is_theirs_and_changes_nothing(self, desk: DeskAtWork, mia: Person) -> None:
        first = a_mail(cc=(Party(mia.email),))
        here = await filed(desk, first)
        before = await desk.rows("SELECT version, last_inbound_at FROM conversation")
        mail = from_mia(mia, conversation=here)
        assert await filed(desk, mail) == here

        (row,) = await desk.rows(
            "SELECT triaged, note, author_address FROM message WHERE key = :key", key=f"email:{mail.key}"
        )
        assert (row.triaged, row.note) == (True, "internal: Mia wrote it by mail")
        assert row.author_address.lower() == mia.email
        assert await desk.rows("SELECT version, last_inbound_at FROM conversation") == before
        async with desk.start() as uow:
            end = await uow.mails.thread_end(here, before=here)
        assert first.letter is not None
        assert end.references == (first.letter.id,), "no answer goes on from it"

    @pytest.mark.parametrize("verified", [True, False])
    async def test_before_there_is_a_ticket_is_never_the_customers_words(
        self, desk: DeskAtWork, mia: Person, verified: bool
    ) -> None:
        here = await filed(desk, a_mail(cc=(Party(mia.email),)))
        await desk.rows_changed("UPDATE conversation SET awaiting_since = :at WHERE id = :id", at=desk.now, id=here)
        desk.now += timedelta(minutes=1)
        mail = from_mia(mia, "Careful: a known fraud.", conversation=here, verified=verified)
        assert await filed(desk, mail) == here

        ticket = await desk.ticket(here, mia)

        async with desk.start() as uow:
            lines = await uow.drafts.lines(ticket.id, most=20, longest=500)
        assert ["fraud" in each.text for each in lines] == [False], "no brain takes it for the customer's"
        entries = await desk.rows(
            "SELECT text, concerns FROM room_entry JOIN message ON message.id = message_id ORDER BY message.at"
        )
        assert [each.concerns for each in entries] == [True, False], "colleagues see it with the ticket"

    async def test_that_nothing_proves_is_an_outsiders_who_claims_to_be_them(
        self, desk: DeskAtWork, mia: Person
    ) -> None:
        here, ticket = await ticketed(desk, mia)
        answered = a_mail()
        await filed(desk, answered)
        assert answered.letter is not None
        for hint in ({"references": (str(answered.letter.id),)}, {"number": ticket.number}):
            mail = from_mia(mia, verified=False, **hint)
            assert await filed(desk, mail) != here
            assert await note_of(desk, mail) == "claims to be from Mia, which nothing proves"
        assert await comments(desk) == []
        assert await desk.count("possible_match") == 2

    async def test_at_a_signed_address_says_so_too(self, desk: DeskAtWork, mia: Person) -> None:
        here, _ = await ticketed(desk, mia)
        mail = from_mia(mia, verified=False, conversation=here)
        assert await filed(desk, mail) == here
        assert await comments(desk) == []
        assert "claims to be from Mia" in str(await note_of(desk, mail))
        (row,) = await desk.rows("SELECT triaged FROM message WHERE key = :key", key=f"email:{mail.key}")
        assert row.triaged, "it is not the customer who says it"
        assert (await desk.jobs()).count("MessageReceived") == 1
        assert await desk.rows("SELECT concerns FROM room_entry WHERE NOT concerns"), "colleagues see it"

    async def test_in_the_conversation_about_their_own_question_is_a_customers(
        self, desk: DeskAtWork, mia: Person
    ) -> None:
        here = await filed(desk, from_mia(mia, "My keyboard broke."))
        await desk.ticket(here, mia)
        assert await filed(desk, from_mia(mia, "Any news?", conversation=here)) == here
        assert await comments(desk) == []
        assert (await desk.jobs()).count("MessageReceived") == 2

    async def test_of_who_has_left_the_desk_is_an_outsiders(self, desk: DeskAtWork, mia: Person) -> None:
        here, _ = await ticketed(desk, mia)
        await desk.rows_changed("UPDATE person SET left_at = now() WHERE id = :id", id=mia.id)
        await filed(desk, from_mia(mia, conversation=here))
        assert await comments(desk) == []


FORWARD = {"forwarded": Party("Max@home.example", "Max Muster"), "passed_on": "The mug broke."}
WORDS = "Who takes this one?\n\n---------- Forwarded message ---------\nFrom: Max\n\nThe mug broke."


class TestPassedOn:
    async def test_is_its_first_senders_question(self, desk: DeskAtWork, mia: Person) -> None:
        mail = from_mia(
            mia, WORDS, subject="Fwd: Mug", to=(Party(EVE),), references=("theirs@home.example",), **FORWARD
        )
        await filed(desk, mail)

        (row,) = await desk.rows(
            "SELECT name, conversation.address, text, note, author_name, mail.sender, verified, proof, triaged "
            "FROM message JOIN mail ON mail.message_id = message.id "
            "JOIN conversation ON conversation.id = conversation_id JOIN customer ON customer.id = customer_id"
        )
        assert (row.name, row.address, row.sender) == ("Max Muster", MAX, "Max@home.example")
        assert (row.text, row.author_name, row.triaged) == ("Mug\n\nThe mug broke.", None, False)
        assert row.note == "passed on by Mia: “Who takes this one?”"
        assert (row.verified, row.proof) == (False, "Mia passed it on")
        addresses = await desk.rows("SELECT address FROM participant ORDER BY address")
        assert [each.address for each in addresses] == [MAX], "an answer goes to Max alone"
        assert "MessageReceived" in await desk.jobs()

    async def test_by_somebody_who_only_claims_to_be_a_colleague_is_their_own(
        self, desk: DeskAtWork, mia: Person
    ) -> None:
        await filed(desk, from_mia(mia, WORDS, verified=False, **FORWARD))
        (row,) = await desk.rows("SELECT address FROM conversation")
        assert row.address == mia.email.title()

    async def test_by_a_customer_is_the_customers(self, desk: DeskAtWork, mia: Person) -> None:
        await filed(desk, a_mail(WORDS, sender=EVE, verified=True, **FORWARD))  # type: ignore[arg-type]
        (row,) = await desk.rows("SELECT address FROM conversation")
        assert row.address == EVE

    async def test_from_one_of_us_is_the_colleagues_own_question(self, desk: DeskAtWork, mia: Person) -> None:
        ben = await desk.person("Ben")
        for first in (mia.email, OURS, ben.email.upper()):
            await filed(desk, from_mia(mia, WORDS, forwarded=Party(first), passed_on="It broke."))
        rows = await desk.rows("SELECT lower(address) AS address FROM conversation")
        assert [row.address for row in rows] == [mia.email] * 3

    async def test_from_a_blocked_sender_is_kept_apart(self, desk: DeskAtWork, mia: Person) -> None:
        await filed(desk, a_mail())
        await desk.desk.block_sender("email", MAX, by=mia)
        assert await file(desk, from_mia(mia, WORDS, **FORWARD)) == "blocked"

    async def test_within_a_conversation_is_a_comment(self, desk: DeskAtWork, mia: Person) -> None:
        here, _ = await ticketed(desk, mia)
        assert await file(desk, from_mia(mia, WORDS, conversation=here, **FORWARD)) == "filed"
        assert len(await comments(desk)) == 1
        assert await desk.count("conversation") == 1
