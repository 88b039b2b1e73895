"""People with mailboxes: what they write arrives as from their own program, and what comes is answered or returned."""

from collections.abc import AsyncIterator

import pytest

from emulators.mail import Enclosed, MailCustomer, Mailer, MailServer, by_smtp, running

DESK, SHOP = "desk@shop.example", "Shop <desk@shop.example>"


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with running(MailServer(authserv_id="mx.shop.example")) as server:
        server.retries = ()
        yield server


@pytest.fixture
def desk(server: MailServer) -> MailCustomer:
    return server.customer(DESK, name="Shop", mailer=Mailer.NONE)


@pytest.fixture
def dana(server: MailServer) -> MailCustomer:
    return server.customer("dana@customer.example", name="Dana")


class TestWriting:
    async def test_it_arrives_with_both_forms_its_files_and_the_word_of_the_server(
        self, dana: MailCustomer, desk: MailCustomer
    ) -> None:
        sent = await dana.write(
            SHOP, "Mug", "One <line>\nand Zoë's", files=[Enclosed("a.pdf", "application/pdf", b"%")]
        )
        assert (sent.arrived, sent.failure) == (True, None)
        (came,) = desk.inbox
        assert (came.subject, came.text.strip()) == ("Mug", "One <line>\nand Zoë's")
        assert "One &lt;line&gt;" in came.html
        assert [(each.name, each.content) for each in came.files] == [("a.pdf", b"%")]
        assert came.message["Authentication-Results"] == "mx.shop.example; dmarc=pass header.from=customer.example"

    async def test_who_will_never_take_it_is_asked_once_and_what_they_said_stands_on_it(
        self, server: MailServer, dana: MailCustomer
    ) -> None:
        async with running(MailServer()) as other:
            other.refuse(DESK, "550 5.1.1 No such mailbox here")
            server.retries = (0.0, 0.0)
            server.bring(DESK, by_smtp(other.host, other.port))
            sent = await dana.write(SHOP, "Mug", "Hello")
            assert (sent.arrived, sent.failure) == (False, "550 5.1.1 No such mailbox here")
            assert other.connections == 1


class TestAnswering:
    @pytest.mark.parametrize(
        ("mailer", "quoted"),
        [
            (Mailer.GMAIL, "Shop <desk@shop.example> wrote:\n\n> We send one.\n"),
            (Mailer.APPLE, "Shop <desk@shop.example> wrote:\n\n> We send one.\n"),
            (Mailer.OUTLOOK, "To: Dana <dana@customer.example>\nSubject: Re: Mug\n\nWe send one.\n"),
            (Mailer.NONE, ""),
        ],
    )
    async def test_it_names_the_mails_before_it_and_quotes_as_the_program_does(
        self, dana: MailCustomer, desk: MailCustomer, mailer: Mailer, quoted: str
    ) -> None:
        first = await dana.write(SHOP, "Mug", "Hello")
        await desk.reply(desk.inbox[0], "We send one.")
        (answer,) = dana.inbox
        again = await dana.reply(answer, "Thanks", mailer=mailer)
        assert (again.subject, again.references, again.thread) == ("Re: Mug", (first.id, answer.id), first.number)
        assert again.text.startswith("Thanks\n")
        assert quoted in again.text
        assert [each.thread for each in desk.mails] == [1, 1, 1]


class TestBeingAway:
    async def test_the_mailbox_answers_each_once_and_no_machine(
        self, server: MailServer, dana: MailCustomer, desk: MailCustomer
    ) -> None:
        dana.away = "Back on Monday."
        desk.away = "We are closed."
        for _ in range(2):
            await desk.write("Dana <dana@customer.example>", "News", "Hello")
        await server.settled()
        (answer,) = desk.inbox
        assert (answer.automatic, answer.text.strip()) == (True, "Back on Monday.")
        assert len(dana.inbox) == 2

    async def test_a_mailbox_that_was_given_up_sends_everything_back(
        self, server: MailServer, dana: MailCustomer, desk: MailCustomer
    ) -> None:
        dana.leave()
        await desk.write("Dana <dana@customer.example>", "News", "Hello")
        await server.settled()
        (returned,) = desk.inbox
        assert (dana.inbox, returned.subject) == ([], "Undelivered Mail Returned to Sender")
        dana.come_back()
        await desk.write("Dana <dana@customer.example>", "News", "Hello")
        assert len(dana.inbox) == 1
