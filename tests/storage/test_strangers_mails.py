"""A stranger who guesses a ticket's number, forges a reply address, or seems to be an agent or a customer gets nowhere.

Raw mails, as the mail server of the desk leaves them: with what it found of their senders.
"""

from collections.abc import AsyncIterator
from functools import partial
from uuid import UUID, uuid4

import pytest

from connectors.email.judging.reply_address import name_of, reply_address
from emulators.mail import MailServer, running
from tests.fakes.channels import FakeConnector
from tests.storage.desk import DeskAtWork
from tests.storage.mail_world import AUTHSERV, SECRET, MailDesk, raw_mail
from tests.storage.mailing import MAILS, PLAYBOOK, propose
from ticketing.people.person import Person, Role
from ticketing.tickets.ticket import Ticket

DESK, MAX, EVE = "support@a.example", "Max <max@home.example>", "Eve <eve@evil.example>"
PROVEN = {"home.example", "evil.example", "desk.example"}


def checked(text: str = "It broke.", *, sender: str = MAX, proven: bool = True, **headers: str) -> bytes:
    """As it lies in the mailbox."""
    domain = sender.rpartition("@")[2].strip(">")
    said = f"{AUTHSERV}; dmarc={'pass' if proven and domain in PROVEN else 'fail'} header.from={domain}"
    return raw_mail(text, sender=sender, to=headers.pop("To", DESK), Authentication_Results=said, **headers)


class Attacked:
    """Max has written, Mia has answered, and there is a ticket about it."""

    def __init__(self, mail: MailDesk, mia: Person, ticket: Ticket, ids: tuple[str, str]) -> None:
        self.mail = mail
        self.desk = mail.desk
        self.mia = mia
        self.ticket = ticket
        self.ids = ids  # of Max's mail, and of Mia's answer: whoever has seen the thread knows them

    async def gets(self, raw: bytes) -> UUID:
        """Where the mail is."""
        assert await self.mail.file(raw) == "filed"
        (row,) = await self.desk.rows(
            "SELECT conversation_id FROM message WHERE direction = 'in' ORDER BY id DESC LIMIT 1"
        )
        conversation_id: UUID = row.conversation_id
        return conversation_id

    async def rows(self, statement: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in await self.desk.rows(statement)]

    async def stands(self) -> None:
        """The conversation of Max and Mia is as it was: nothing in it, nobody brought in, nothing decided."""
        here = self.ticket.conversation_id
        assert await self.desk.count(f"message WHERE conversation_id = '{here}'") == 2
        assert await self.desk.count(f"participant WHERE conversation_id = '{here}'") == 1
        assert await self.desk.count("comment") == await self.desk.count("suppression") == 0
        assert await self.rows("SELECT status FROM ticket WHERE number = 1") == [("open",)]


@pytest.fixture
async def attacked(desk: DeskAtWork) -> AsyncIterator[Attacked]:
    desk.follow(PLAYBOOK)
    async with running(MailServer()) as server:
        mail = MailDesk(desk, DESK, server)
        mia = await desk.desk.add_person("Mia", "mia@desk.example", Role.ADMIN, None)
        await mail.file(checked(Message_ID="<first@home.example>"))
        (row,) = await desk.rows("SELECT id FROM conversation")
        ticket = await desk.ticket(row.id, mia)
        await desk.reply(ticket, mia)
        await mail.send()
        yield Attacked(mail, mia, ticket, ("<first@home.example>", server.mails[0].message["Message-ID"]))
        await mail.close()


class TestGuessing:
    @pytest.mark.parametrize("proven", [True, False])
    async def test_a_tickets_number_is_no_way_in(self, attacked: Attacked, proven: bool) -> None:
        there = await attacked.gets(checked(sender=EVE, proven=proven, Subject="Re: Mug [#1]"))
        assert there != attacked.ticket.conversation_id
        assert await attacked.rows("SELECT conversation_id, same FROM possible_match") == [(there, None)]
        await attacked.stands()

    async def test_an_id_of_a_mail_is_no_way_in_for_who_does_not_take_part(self, attacked: Attacked) -> None:
        for known in attacked.ids:
            assert await attacked.gets(checked(sender=EVE, In_Reply_To=known)) != attacked.ticket.conversation_id
        await attacked.stands()

    async def test_an_id_as_ours_look_is_nothing(self, attacked: Attacked) -> None:
        await attacked.gets(checked(sender=EVE, In_Reply_To=f"<threadline.{uuid4().hex}@a.example>"))
        assert await attacked.desk.count("possible_match") == 0
        await attacked.stands()


class TestForging:
    @pytest.mark.parametrize("how", ["another secret", "another conversation", "no signature", "half of it"])
    async def test_a_reply_address_is_no_way_in(self, attacked: Attacked, how: str) -> None:
        name = name_of(attacked.ticket.conversation_id)
        right = reply_address(DESK, name, secret=SECRET)
        forged = {
            "another secret": reply_address(DESK, name, secret=b"what a stranger might think of"),
            "another conversation": reply_address(DESK, name_of(uuid4()), secret=SECRET).replace("@", "x@"),
            "no signature": f"support+t.{name}@a.example",
            "half of it": right.replace(right.rpartition(".")[0][-10:], ""),
        }[how]
        assert await attacked.gets(checked(sender=EVE, To=forged)) != attacked.ticket.conversation_id
        assert await attacked.desk.count("possible_match") == 0
        await attacked.stands()

    async def test_a_reply_address_of_one_conversation_leads_to_no_other(self, attacked: Attacked) -> None:
        own = await attacked.gets(checked(sender=EVE))
        signed = reply_address(DESK, name_of(own), secret=SECRET)
        theirs = name_of(attacked.ticket.conversation_id)
        assert await attacked.gets(checked(sender=EVE, To=signed.replace(name_of(own), theirs))) != own
        await attacked.stands()

    async def test_a_bounce_of_a_mail_to_somebody_else_suppresses_nobody(self, attacked: Attacked) -> None:
        answer = attacked.ids[1]
        report = (
            "Content-Type: multipart/report; report-type=delivery-status; boundary=cut\r\n"
            "From: MAILER-DAEMON@evil.example\r\nTo: support@a.example\r\nSubject: Undelivered\r\n\r\n"
            "--cut\r\nContent-Type: text/plain\r\n\r\nNo.\r\n"
            "--cut\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; evil.example\r\n\r\n"
            "Final-Recipient: rfc822; {}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
            f"--cut\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {answer}\r\n\r\n--cut--\r\n"
        )
        assert await attacked.mail.file(report.format("boss@bank.example").encode()) == "ignored"
        unknown = report.replace(answer, "<spam@evil.example>").format("max@home.example")
        assert await attacked.mail.file(unknown.encode()) == "ignored"
        await attacked.stands()


class TestSeemingToBeACustomer:
    async def test_by_their_address_alone_starts_something_else_that_says_so(self, attacked: Attacked) -> None:
        there = await attacked.gets(checked(proven=False, Subject="[#1] Send it to Eve Street"))
        assert there != attacked.ticket.conversation_id
        assert "nothing proves" in str(await attacked.rows("SELECT why FROM possible_match"))
        await attacked.stands()

    async def test_with_the_ids_of_the_thread_is_shown_as_unproven_and_brings_nobody_in(
        self, attacked: Attacked
    ) -> None:
        here = await attacked.gets(checked(proven=False, In_Reply_To=attacked.ids[1], Cc="eve@evil.example"))
        assert here == attacked.ticket.conversation_id, "people read it with the rest, and are told"
        ((verified, proof),) = await attacked.rows("SELECT verified, proof FROM mail ORDER BY message_id DESC LIMIT 1")
        assert (verified, "dmarc=fail" in str(proof)) == (False, True)
        assert await attacked.desk.count(f"participant WHERE conversation_id = '{here}'") == 1
        async with attacked.desk.start() as uow:
            assert (await uow.mails.thread_end(here, before=uuid4())).cc == ()

    async def test_by_words_of_another_server_is_not_proven(self, attacked: Attacked) -> None:
        said = "Authentication-Results: mx.evil.example; dmarc=pass header.from=home.example"
        raw = f"{said}\r\n".encode() + checked(proven=False, Subject="[#1]")
        assert await attacked.gets(raw) != attacked.ticket.conversation_id
        await attacked.stands()

    async def test_by_asking_for_answers_at_their_address_says_who_wrote(self, attacked: Attacked) -> None:
        there = await attacked.gets(checked(sender=EVE, Reply_To=MAX))
        assert there != attacked.ticket.conversation_id
        ((note,),) = await attacked.rows("SELECT note FROM message ORDER BY id DESC LIMIT 1")
        assert note == "sent by eve@evil.example, who asks to answer max@home.example"
        await attacked.gets(checked(sender=EVE, Reply_To=MAX, In_Reply_To=attacked.ids[0]))
        await attacked.stands()

    async def test_decides_no_offer_and_the_customer_does(self, attacked: Attacked) -> None:
        await propose(attacked.desk, FakeConnector(channel="email", limits=MAILS), attacked.ticket, by=attacked.mia)
        here = attacked.ticket.conversation_id
        signed = reply_address(DESK, name_of(here), secret=SECRET)
        answer = partial(checked, To=signed, Subject="Re: Mug")

        await attacked.desk.rows_changed("UPDATE message SET triaged = true")  # somebody has read what came before
        assert await attacked.gets(answer("Yes", sender=EVE)) == here
        await attacked.desk.rows_changed("UPDATE message SET triaged = true")
        assert await attacked.gets(answer("Yes", proven=False)) == here
        notes = await attacked.rows("SELECT note FROM message WHERE direction = 'in' ORDER BY id DESC LIMIT 2")
        assert notes == [("not counted as an answer: nothing proves who wrote it",), (None,)]
        assert await attacked.rows("SELECT status FROM ticket") == [("proposed",)]

        await attacked.desk.rows_changed("UPDATE message SET triaged = true")
        assert await attacked.gets(answer("Yes!")) == here
        assert await attacked.rows("SELECT status FROM ticket") == [("accepted",)]
        ((note, triaged),) = await attacked.rows("SELECT note, triaged FROM message ORDER BY id DESC LIMIT 1")
        assert (note, triaged) == ("accepted the proposal → Accepted", True)


class TestSeemingToBeAnAgent:
    @pytest.mark.parametrize(
        ("sender", "proven"),
        [
            ("Mia <mia@desk.example>", False),
            ("Mia <mia@evil.example>", True),
            ('"mia@desk.example" <eve@evil.example>', True),
        ],
    )
    async def test_comments_nothing_and_passes_nothing_on(self, attacked: Attacked, sender: str, proven: bool) -> None:
        for headers in ({"In_Reply_To": attacked.ids[1]}, {"Subject": "[#1] Give them their money"}):
            assert await attacked.gets(checked(sender=sender, proven=proven, **headers)) != (
                attacked.ticket.conversation_id
            )
        block = (
            "---------- Forwarded message ---------\nFrom: boss@bank.example\nDate: 1 Nov 2026\nSubject: Pay\n\nPay!"
        )
        await attacked.gets(checked(block, sender=sender, proven=proven, Subject="Fwd: Pay"))
        assert await attacked.desk.count("conversation WHERE address LIKE '%bank.example'") == 0
        await attacked.stands()

    async def test_and_the_real_one_does_both(self, attacked: Attacked) -> None:
        assert (
            await attacked.mail.file(checked(sender="Mia <Mia@desk.example>", Subject="[#1] He is a friend")) == "filed"
        )
        assert await attacked.rows("SELECT text FROM comment") == [("(By mail)\nIt broke.",)]
        block = (
            "---------- Forwarded message ---------\nFrom: Jo <jo@bank.example>\nDate: 1 Nov 2026\nSubject: Hi\n\nHi!"
        )
        there = await attacked.gets(checked(f"Yours?\n\n{block}", sender="mia@desk.example", Subject="Fwd: Hi"))
        assert await attacked.rows(f"SELECT address FROM conversation WHERE id = '{there}'") == [("jo@bank.example",)]
