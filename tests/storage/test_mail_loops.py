"""Two desks, a responder that keeps to the rules, one that keeps to none, and a mailing list write to each other: each
gets one automatic answer at most, and then there is silence.
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr

import pytest

from emulators.mail import MailServer, TakenMail, running
from storage.database import Database
from storage.engine import create_engine
from tests.conftest import fresh_database
from tests.storage.desk import DeskAtWork
from tests.storage.mail_world import MailDesk, opened, raw_mail
from ticketing.people.person import Role

A, B = "support@a.example", "help@b.example"
AWAY, NAIVE, LIST = "away@home.example", "naive@home.example", "all@lists.example"
MOST = 300  # mails
MEMBERS = (A, B, AWAY, NAIVE)


class World:
    """Everybody in it is at the same mail server."""

    def __init__(self, server: MailServer, a: MailDesk, b: MailDesk) -> None:
        self.server = server
        self.a = a
        self.b = b
        server.bring(AWAY, self.away)
        server.bring(NAIVE, self.naive)
        server.bring(LIST, self.distribute)
        self.told: set[str] = set()  # by the responder that keeps to the rules

    async def away(self, sender: str, _recipient: str, mail: bytes) -> None:
        """Answers each person once, and says that it is a machine."""
        came = message_from_bytes(mail, policy=policy.default)
        if sender and sender not in self.told and not came["Auto-Submitted"] and not came["List-Id"]:
            self.told.add(sender)
            self.answer(AWAY, sender, Auto_Submitted="auto-replied", In_Reply_To=str(came["Message-ID"]))

    async def naive(self, _sender: str, _recipient: str, mail: bytes) -> None:
        """Answers whatever others write, in a new thread each time."""
        came = message_from_bytes(mail, policy=policy.default)
        to = parseaddr(str(came["Reply-To"] or came["From"]))[1]
        if to != NAIVE:  # by the list
            self.answer(NAIVE, to)

    def answer(self, address: str, to: str, **headers: str) -> None:
        if len(self.server.mails) < MOST:  # a loop is told by its length, not by a test without an end
            self.post(raw_mail("I am away.", sender=address, to=to, Subject="Away", **headers), address, to)

    async def distribute(self, _sender: str, _recipient: str, mail: bytes) -> None:
        """To all members, also to whoever wrote it."""
        posted = message_from_bytes(mail, policy=policy.SMTP)
        assert isinstance(posted, EmailMessage)
        posted["List-Id"] = "<all.lists.example>"
        posted["Precedence"] = "list"
        for member in MEMBERS:
            self.post(posted.as_bytes(), "all-bounces@lists.example", member)

    def post(self, mail: bytes, sender: str, *to: str) -> None:
        self.server.take(TakenMail(sender, to, mail))

    async def silence(self) -> None:
        await self.server.settled()
        assert self.server.undelivered == []
        assert len(self.server.mails) < MOST

    def answers(self, desk: MailDesk) -> Counter[str]:
        """How many automatic mails of the desk went to whom."""
        ours = [mail for mail in self.server.mails if mail.message["X-Threadline-Loop"] and not mail.sender]
        return Counter(mail.recipients[0] for mail in ours if parseaddr(mail.message["From"])[1] == desk.address)


@pytest.fixture
async def world(desk: DeskAtWork, postgres: str) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(running(MailServer(authserv_id="mx.emulator")))
        server.vouched |= {"a.example", "b.example", "home.example", "lists.example"}
        dsn = await stack.enter_async_context(fresh_database(postgres))
        engine, database = create_engine(dsn, size=5), Database(dsn, size=5)
        stack.push_async_callback(engine.dispose)
        stack.push_async_callback(database.close)
        other = DeskAtWork(engine, database)
        yield World(server, await opened(stack, desk, A, server), await opened(stack, other, B, server))


async def test_everybody_writes_to_everybody_and_gets_one_automatic_answer_at_most(world: World) -> None:
    for to in (A, B, LIST):
        for sender in (AWAY, NAIVE):
            world.post(raw_mail(sender=sender, to=to), sender, to)
    for to, reply_to in ((A, B), (B, A), (A, LIST), (B, LIST), (A, AWAY), (B, NAIVE)):  # whoever wants a loop
        world.post(raw_mail(sender="eve@home.example", to=to, Reply_To=reply_to), "eve@home.example", to)
    await world.silence()

    for desk in (world.a, world.b):
        answers = world.answers(desk)
        assert set(answers) >= {NAIVE, LIST}, "who seems to be a person is told that nobody is there"
        assert set(answers.values()) == {1}


async def test_two_desks_whose_people_write_to_each_other_answer_by_people_alone(world: World) -> None:
    mia = await world.a.desk.person("Mia", Role.ADMIN)
    world.post(raw_mail(sender="eve@home.example", to=A, Reply_To=B), "eve@home.example", A)
    await world.silence()
    assert (world.answers(world.a), world.answers(world.b)) == (Counter({B: 1}), Counter())

    (ticket,) = await world.a.desk.rows("SELECT id FROM ticket")
    await world.a.desk.desk.reply(ticket.id, "Is that from you?", by=mia, request="1")
    await world.a.send()
    await world.silence()
    assert world.answers(world.a)[B] == 1
    assert world.answers(world.b) == Counter(), "it is another desk's, and no machine answers a desk"
    (subject,) = await world.b.desk.rows("SELECT subject, no_machine FROM conversation")
    assert "another desk" in subject.no_machine
    assert await world.b.desk.count("ticket") == 1, "people see it all the same"


async def test_a_responder_that_says_nothing_of_itself_is_answered_once(world: World) -> None:
    """Each of its answers is a new thread of a new day, and seems to be a person's."""

    for _ in range(4):
        world.post(raw_mail(sender=NAIVE, to=A, Message_ID=make_msgid()), NAIVE, A)
        await world.silence()
        world.a.desk.now += timedelta(hours=1)
    assert world.answers(world.a) == Counter({NAIVE: 1})
