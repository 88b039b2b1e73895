"""Whoever is not in Slack hears by mail what concerns them, once: over a real database and a real SMTP connection."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from connectors.email import Mail, read
from connectors.email.connector import EmailConnector
from core.errors import AccountRefused, ChannelUnavailable
from emulators.mail import MailServer, running
from storage.direct_messages import SqlDirectMessages
from storage.rooms import SqlRooms
from tests.connectors.email.outgoing import OURS, a_connector
from tests.storage.desk import DeskAtWork
from ticketing.attachments.links import Links
from ticketing.direct_messages.by_mail import LATE, Post, mail_person
from ticketing.direct_messages.plan import tell_assignee
from ticketing.mails.suppressed import Suppressed
from ticketing.people.person import Person, Role
from ticketing.people.preferences import ByMail, Notice, Preferences
from ticketing.tickets.ticket import Ticket

STATE = "SELECT state, why, mail, mail_why FROM direct_message"


@dataclass
class Mailed:
    """Zoe is given a ticket by Mia. The channel of their customer is not e-mail."""

    desk: DeskAtWork
    server: MailServer
    connector: EmailConnector
    zoe: Person
    mia: Person
    ticket: Ticket
    message: UUID
    slack: bool = True

    async def tell(self, job: str = "a job") -> None:
        async def links() -> Links:
            return Links("https://desk.example", b"k" * 32)

        desk = self.desk
        messages = SqlDirectMessages(desk.database, desk.playbooks, SqlRooms(desk.database, desk.playbooks))
        post = Post(self.connector, "email", OURS, proves_writers=True, links=links, slack=self.slack)
        await mail_person(self.message, job=job, post=post, messages=messages, start=desk.start, clock=desk.clock)

    async def wants(self, by_mail: ByMail, *silenced: Notice) -> None:
        await self.desk.desk.prefer(Preferences(frozenset(silenced), by_mail=by_mail), by=self.zoe)

    async def missed(self) -> None:
        await self.desk.desk.missed_in_slack(self.message)

    async def state(self) -> tuple[str | None, ...]:
        (row,) = await self.desk.rows(STATE)
        return tuple(row)

    def mails(self) -> list[Mail]:
        return [read(each.content) for each in self.server.to(self.zoe.email)]


@pytest.fixture
async def mailed(desk: DeskAtWork) -> AsyncIterator[Mailed]:
    zoe, mia = await desk.person("Zoe"), await desk.person("Mia", Role.ADMIN)
    ticket = await desk.ticket(await desk.customer_writes(), mia, "Mug: https://evil.example/x")
    await desk.desk.assign(ticket.id, zoe.id, by=mia)
    await tell_assignee(ticket.id, uow=desk.start(), now=desk.now)
    ((message,),) = await desk.rows("SELECT id FROM direct_message")
    async with running(MailServer()) as server:
        connector = a_connector(server)
        yield Mailed(desk, server, connector, zoe, mia, ticket, message)
        await connector.close()


async def test_who_is_not_in_slack_gets_one_mail_that_says_all_and_asks_for_no_answer(mailed: Mailed) -> None:
    await mailed.tell()
    assert mailed.mails() == [], "Slack has not been asked yet"
    await mailed.missed()
    await mailed.missed()
    assert (await mailed.desk.jobs()).count("MissedInSlack") == 1
    for job in ("one", "one", "two"):
        await mailed.tell(job)

    (mail,) = mailed.mails()
    (taken,) = mailed.server.to(mailed.zoe.email)
    assert taken.sender == "", "nothing is to come back"
    number = mailed.ticket.number
    assert mail.subject == f"[#{number}] Assigned to you: Mug: https[:]//evil[.]example/x"
    assert mail.headers.raw("auto-submitted") == "auto-generated"
    assert mail.message_id == f"threadline.{mailed.message.hex}@shop.example"
    assert mail.references == (f"threadline.{mailed.ticket.id.hex}@shop.example",), "all of one ticket"
    assert not mail.reply_to
    assert "Mia assigned" in mail.text
    assert f"https://desk.example/tickets/{number}?s=" in mail.text
    assert "https[:]//evil[.]example/x" in mail.text
    assert "Please do not answer this mail" in mail.text
    assert "answer above this line" not in mail.text
    assert b'href="https://desk.example/tickets/' in taken.content.replace(b"=\r\n", b"").replace(b"=3D", b"=")
    assert b"evil.example" not in taken.content
    assert await mailed.state() == ("told", None, "sent", None)


async def test_who_wants_both_gets_both(mailed: Mailed) -> None:
    await mailed.wants(ByMail.ALWAYS)
    await mailed.tell()
    assert await mailed.state() == ("owed", None, "sent", None), "Slack has it still to tell"
    await mailed.missed()
    await mailed.tell("another job")
    assert await mailed.state() == ("told", None, "sent", None)
    assert len(mailed.mails()) == 1


async def test_of_a_desk_without_slack_everybody_is_told(mailed: Mailed) -> None:
    mailed.slack = False
    await mailed.tell()
    assert len(mailed.mails()) == 1
    assert await mailed.state() == ("told", None, "sent", None)


async def test_who_wants_none_gets_none(mailed: Mailed) -> None:
    await mailed.wants(ByMail.NEVER)
    await mailed.missed()
    await mailed.tell()
    assert (mailed.mails(), await mailed.state()) == ([], ("dropped", "not in Slack", None, None))


@pytest.mark.parametrize("why", ["silenced", "not theirs", "late", "takes no mail"])
async def test_what_is_not_worth_telling_any_more_is_not_sent(mailed: Mailed, why: str) -> None:
    desk = mailed.desk
    await mailed.missed()
    if why == "silenced":
        await mailed.wants(ByMail.ALWAYS, Notice.ASSIGNED)
    elif why == "not theirs":
        await desk.desk.assign(mailed.ticket.id, mailed.mia.id, by=mailed.mia)
    elif why == "late":
        desk.now += LATE + timedelta(seconds=1)
    else:
        ((ours,),) = await desk.rows("SELECT id FROM message LIMIT 1")
        async with desk.start() as uow:
            await uow.suppressions.add("email", Suppressed(mailed.zoe.email, "550 no such user", desk.now, ours))
    await mailed.tell()
    assert mailed.mails() == []
    assert (await mailed.state())[2:] == ("dropped", why)


async def test_what_provably_did_not_leave_is_tried_again(mailed: Mailed) -> None:
    await mailed.missed()
    mailed.server.refuse(mailed.zoe.email, "450 4.2.0 greylisted, try later")
    with pytest.raises(ChannelUnavailable) as told:
        await mailed.tell()
    assert told.value.patience is not None
    assert told.value.patience > LATE, "it ends as late, and not as a job that failed"
    assert (await mailed.state())[2:] == (None, None)
    mailed.server.refused.clear()
    await mailed.tell()
    assert len(mailed.mails()) == 1


async def test_an_address_that_is_none_ends_it_with_the_servers_words(mailed: Mailed) -> None:
    await mailed.missed()
    mailed.server.refuse(mailed.zoe.email)
    await mailed.tell()
    mailed.server.refused.clear()
    await mailed.tell("again")
    assert mailed.mails() == []
    state, why, mail, words = await mailed.state()
    assert (state, why, mail) == ("dropped", "not in Slack", "failed")
    assert "No such user here" in str(words)


async def test_a_login_that_is_refused_waits_for_an_admin_and_loses_nothing(mailed: Mailed) -> None:
    await mailed.missed()
    mailed.server.refuse(mailed.zoe.email, "530 5.7.0 Authentication required")
    with pytest.raises(AccountRefused):
        await mailed.tell()
    mailed.server.refused.clear()
    await mailed.tell()
    assert len(mailed.mails()) == 1


async def test_what_may_have_left_is_not_sent_again(mailed: Mailed) -> None:
    await mailed.missed()
    mailed.server.faults.next("content", drop_reply=True)
    await mailed.tell()
    assert (await mailed.state())[2] == "unknown"
    await mailed.tell()
    await mailed.tell("another job")
    assert len(mailed.mails()) == 1


async def test_of_two_jobs_at_once_one_sends_it_and_who_died_sending_does_not_do_it_again(mailed: Mailed) -> None:
    await mailed.missed()
    await asyncio.gather(mailed.tell("one"), mailed.tell("two"))
    assert len(mailed.mails()) == 1
    await mailed.desk.rows_changed("UPDATE direct_message SET mail = 'sending', mail_job = 'one', state = 'dropped'")
    await mailed.tell("two")
    assert (await mailed.state())[2] == "sending", "the one may be at it"
    await mailed.tell("one")
    assert (await mailed.state())[2] == "unknown"
    assert len(mailed.mails()) == 1
