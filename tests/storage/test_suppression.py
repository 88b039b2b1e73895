"""Whom mail cannot reach: what comes back counts as far as it is about a mail of ours, and stops the next one."""

from contextlib import AsyncExitStack
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from core.errors import RecipientGone
from core.messages import Delivery, DeliveryReport, Party, Receipt
from emulators.mail import MailServer, running
from storage.rooms import SqlRooms
from tests.factories import after
from tests.fakes.channels import FakeConnector
from tests.storage.desk import DeskAtWork
from tests.storage.mail_world import opened, raw_mail
from tests.storage.mailing import EVE, MAX, a_bounce, a_mail, file, filed, send, with_mail
from ticketing.activity.record import Stream
from ticketing.mails.machines import is_held_back
from ticketing.people.actor import AI
from ticketing.people.permissions import PermissionRefused
from ticketing.people.person import Person, Role
from ticketing.tickets.ticket import Ticket


class Correspondence:
    """Max and Eve, in copy, had an answer from Mia."""

    def __init__(self, desk: DeskAtWork, mia: Person, ticket: Ticket, answer: UUID, channel: FakeConnector) -> None:
        self.desk = desk
        self.mia = mia
        self.ticket = ticket
        self.answer = answer
        self.channel = channel

    async def reply(self) -> UUID:
        """The next one, and what became of it is in the database."""
        written = await self.desk.reply(self.ticket, self.mia)
        await send(self.desk, self.channel, written)
        return written

    async def note(self, message: UUID) -> str:
        (row,) = await self.desk.rows("SELECT note FROM message WHERE id = :id", id=message)
        return row.note or ""

    async def suppressed(self) -> list[str]:
        return [row.address for row in await self.desk.rows("SELECT address FROM suppression ORDER BY address")]

    async def unreachable(self) -> bool:
        (row,) = await self.desk.rows("SELECT unreachable_since FROM conversation ORDER BY id LIMIT 1")
        return row.unreachable_since is not None


@pytest.fixture
async def talk(desk: DeskAtWork) -> Correspondence:
    channel = with_mail(desk)
    mia = await desk.person()
    ticket = await desk.ticket(await filed(desk, a_mail(cc=(Party(EVE),))), mia)
    answer = await desk.reply(ticket, mia)
    await send(desk, channel, answer)
    return Correspondence(desk, mia, ticket, answer, channel)


class TestOtherThreads:
    async def test_say_so_on_their_cards_when_an_address_takes_no_mail_and_when_it_does_again(
        self, talk: Correspondence
    ) -> None:
        desk = talk.desk
        other = await desk.ticket(await filed(desk, a_mail(subject="Another mug")), talk.mia)

        async def told() -> int:
            rows = await desk.rows("SELECT payload FROM pgqueuer WHERE entrypoint = 'CustomerReachChanged'")
            return sum(str(other.id).encode() in row.payload for row in rows)

        async def shown() -> bool:
            return (await SqlRooms(desk.database, desk.playbooks).card(other.id)).unreachable_since is not None

        before = await told()
        assert await file(desk, a_bounce(talk.answer, MAX)) == "filed"
        assert (await told(), await shown()) == (before + 1, True)
        await desk.desk.allow_address("email", MAX)
        assert (await told(), await shown()) == (before + 2, False)
        assert await file(desk, a_bounce(talk.answer, MAX)) == "filed"
        desk.now = after(5)
        await filed(desk, a_mail(subject="A third mug", verified=True))
        assert (await told(), await shown()) == (before + 4, False)


class TestABounce:
    async def test_fails_the_message_and_stops_the_next_one_before_it_leaves(self, talk: Correspondence) -> None:
        desk = talk.desk
        desk.now = after(5)
        for _ in range(2):
            assert await file(desk, a_bounce(talk.answer, MAX.upper())) == "filed"

        assert (await desk.delivery(talk.answer))[0] == "failed"
        assert await talk.suppressed() == [MAX]
        assert await talk.unreachable()
        delivery, error = await desk.delivery(await talk.reply())
        assert delivery == "failed"
        assert len(talk.channel.sent) == 1
        assert error is not None
        assert "threadline senders allow" in error
        assert "no such user" in error
        assert await desk.count("activity WHERE kind = 'address.suppressed'") == 1
        assert await desk.broken_chains() == []

    async def test_of_a_copy_fails_nothing_and_leaves_the_copy_out(self, talk: Correspondence) -> None:
        desk = talk.desk
        assert await file(desk, a_bounce(talk.answer, EVE)) == "filed"

        assert (await desk.delivery(talk.answer))[0] == "sent"
        assert not await talk.unreachable()
        assert EVE in await talk.note(talk.answer)
        before = talk.channel.sent[0].letter
        assert before is not None
        assert before.cc == (Party(EVE),)
        again = await talk.reply()
        now = talk.channel.sent[1].letter
        assert now is not None
        assert now.cc == ()
        assert "without a copy to" in await talk.note(again)

    async def test_of_somebody_who_is_there_fails_the_message_and_stops_nothing(self, talk: Correspondence) -> None:
        assert await file(talk.desk, a_bounce(talk.answer, why="552 5.2.2 mailbox full", gone=False)) == "filed"
        delivery, error = await talk.desk.delivery(talk.answer)
        assert delivery == "failed"
        assert "mailbox full" in (error or "")
        assert await talk.suppressed() == []
        assert (await talk.desk.delivery(await talk.reply()))[0] == "sent"

    async def test_long_after_the_mail_is_ignored(self, talk: Correspondence) -> None:
        talk.desk.now += timedelta(days=8)
        assert await file(talk.desk, a_bounce(talk.answer)) == "ignored"
        assert await talk.suppressed() == []

    async def test_of_what_was_answered_is_ignored(self, talk: Correspondence) -> None:
        talk.desk.now = after(5)
        await filed(talk.desk, a_mail("Got it.", ours=(talk.answer,), references=(str(talk.answer),)))
        assert await file(talk.desk, a_bounce(talk.answer)) == "ignored"
        assert (await talk.desk.delivery(talk.answer))[0] == "sent"
        assert await talk.suppressed() == []

    async def test_of_who_has_written_since_stops_nothing(self, talk: Correspondence) -> None:
        (first,) = await talk.desk.rows("SELECT mail_id FROM mail")
        talk.desk.now = after(5)
        await filed(talk.desk, a_mail("And the lid?", references=(first.mail_id,)))
        assert await file(talk.desk, a_bounce(talk.answer)) == "filed"
        assert (await talk.desk.delivery(talk.answer))[0] == "failed"
        assert await talk.suppressed() == []

    async def test_forged_for_anybody_else_does_nothing(self, talk: Correspondence) -> None:
        assert await file(talk.desk, a_bounce(talk.answer, "boss@bank.example")) == "ignored"
        assert await talk.suppressed() == []
        assert (await talk.desk.delivery(talk.answer))[0] == "sent"

    @pytest.mark.parametrize("message", [None, uuid4()])
    async def test_of_what_we_never_sent_is_ignored_at_once(self, talk: Correspondence, message: UUID | None) -> None:
        report = DeliveryReport("spam@elsewhere.example", message, Delivery.FAILED, error="no", bounced=MAX, gone=True)
        assert await file(talk.desk, report) == "ignored"
        assert await talk.suppressed() == []

    async def test_of_what_is_still_to_leave_or_of_a_customers_mail_is_ignored(self, talk: Correspondence) -> None:
        waiting = await talk.desk.reply(talk.ticket, talk.mia)
        (theirs,) = await talk.desk.rows("SELECT id FROM message WHERE direction = 'in'")
        assert [await file(talk.desk, a_bounce(each)) for each in (waiting, theirs.id)] == ["ignored", "ignored"]
        assert await talk.suppressed() == []

    async def test_by_its_message_id_alone_is_found(self, talk: Correspondence) -> None:
        report = DeliveryReport("fake-1", None, Delivery.FAILED, error="no", bounced=MAX, gone=True)
        assert await file(talk.desk, report) == "filed"
        assert await talk.suppressed() == [MAX]


class TestManyWhoReadAlong:
    async def test_the_first_fifty_get_a_copy_and_the_reply_says_who_does_not(self, desk: DeskAtWork) -> None:
        channel = with_mail(desk)
        mia = await desk.person()
        to = tuple(Party(f"a{each}@x.example") for each in range(30))
        cc = tuple(Party(f"b{each}@x.example") for each in range(30))
        ticket = await desk.ticket(await filed(desk, a_mail(to=to, cc=cc, verified=True)), mia)
        answer = await desk.reply(ticket, mia)
        await send(desk, channel, answer)
        letter = channel.sent[0].letter
        assert letter is not None
        assert len(letter.cc) == 50
        (row,) = await desk.rows("SELECT note FROM message WHERE id = :id", id=answer)
        assert "and 5 more: a mail takes 50 copies" in row.note


class TestARefusal:
    async def test_of_the_recipient_while_sending_suppresses_them(self, talk: Correspondence) -> None:
        talk.channel.fail_next = RecipientGone(f"{MAX} does not exist (550 5.1.1).")
        await talk.reply()
        assert await talk.suppressed() == [MAX]
        assert await talk.unreachable()

    async def test_of_a_copy_while_sending_suppresses_it_and_the_reply_says_who(self, talk: Correspondence) -> None:
        talk.channel.receipt = Receipt("fake-77", note=f"refused: {EVE} (550 no such user)", gone=((EVE, "550 no"),))
        written = await talk.reply()
        assert (await talk.desk.delivery(written))[0] == "sent"
        assert await talk.note(written) == f"refused: {EVE} (550 no such user)"
        assert await talk.suppressed() == [EVE]
        assert not await talk.unreachable()


class TestOtherConversations:
    async def test_say_so_as_well_and_no_machine_writes_to_them(self, talk: Correspondence) -> None:
        desk = talk.desk
        other = await desk.ticket(await filed(desk, a_mail()), talk.mia)
        rooms = SqlRooms(desk.database, desk.playbooks)
        await file(desk, a_bounce(talk.answer))
        assert (await rooms.card(other.id)).unreachable_since == desk.now
        async with desk.start() as uow:
            conversation = await uow.conversations.lock(other.conversation_id)
            stream = Stream("ticket", other.id)
            assert await is_held_back(conversation, stream, request="1", by=AI, uow=uow, now=desk.now)

        await filed(desk, a_mail(ours=(talk.answer,), verified=True))
        assert (await rooms.card(other.id)).unreachable_since is None


class TestLifting:
    @pytest.fixture
    async def gone(self, talk: Correspondence) -> Correspondence:
        await file(talk.desk, a_bounce(talk.answer))
        talk.desk.now = after(30)
        return talk

    async def test_a_proven_mail_from_there_lifts_it(self, gone: Correspondence) -> None:
        mail = a_mail(ours=(gone.answer,), verified=True)
        await filed(gone.desk, mail)
        assert await gone.suppressed() == []
        assert not await gone.unreachable()
        assert await gone.desk.count("activity WHERE kind = 'address.allowed'") == 1
        assert (await gone.desk.delivery(await gone.reply()))[0] == "sent"

    @pytest.mark.parametrize(
        "mail",
        [{"verified": False}, {"verified": True, "sender": EVE}, {"verified": True, "sender": EVE, "answer_to": MAX}],
    )
    async def test_no_other_mail_lifts_it(self, gone: Correspondence, mail: dict[str, object]) -> None:
        await filed(gone.desk, a_mail(ours=(gone.answer,), **mail))  # type: ignore[arg-type]
        assert await gone.suppressed() == [MAX]
        assert await gone.unreachable()

    async def test_who_may_unblock_lifts_it(self, gone: Correspondence) -> None:
        with pytest.raises(PermissionRefused):
            await gone.desk.desk.allow_address("email", MAX, by=gone.mia)
        ben = await gone.desk.person("Ben", Role.ADMIN)
        lifted = await gone.desk.desk.allow_address("email", MAX.upper(), by=ben)
        assert lifted is not None
        assert "no such user" in lifted.why
        assert await gone.desk.desk.allow_address("email", MAX, by=ben) is None
        assert not await gone.unreachable()
        (record,) = await gone.desk.rows("SELECT actor_name FROM activity WHERE kind = 'address.allowed'")
        assert record.actor_name == "Ben"
        gone.desk.now += timedelta(minutes=1)
        assert (await gone.desk.delivery(await gone.reply()))[0] == "sent"

    async def test_who_may_sends_again_and_nobody_else(self, gone: Correspondence) -> None:
        desk, failed = gone.desk, await gone.reply()
        with pytest.raises(PermissionRefused, match="write again to an address that mail came back from"):
            await desk.desk.send_again(failed, by=gone.mia)
        assert await gone.suppressed() == [MAX]
        ben = await desk.person("Ben", Role.ADMIN)
        await desk.desk.send_again(failed, by=ben)
        assert await gone.suppressed() == []
        assert not await gone.unreachable()
        (again,) = await desk.rows("SELECT id FROM message WHERE request LIKE 'again:%'")
        await send(desk, gone.channel, again.id)
        assert (await desk.delivery(again.id))[0] == "sent"
        assert await desk.count("activity WHERE kind = 'address.allowed'") == 1
        assert await desk.broken_chains() == []


async def test_a_reply_that_a_server_takes_and_sends_back_is_the_last_one(desk: DeskAtWork) -> None:
    """Over SMTP, with the provider's own bounce."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(running(MailServer()))
        mail = await opened(stack, desk, "support@a.example", server)
        server.bounce(MAX)
        mia = await desk.person()
        assert await mail.file(raw_mail()) == "filed"
        (row,) = await desk.rows("SELECT id FROM conversation")
        ticket = await desk.ticket(row.id, mia)
        replies = []
        for _ in range(2):
            replies.append(await desk.reply(ticket, mia))
            await mail.send()
            await server.settled()

        assert len(server.to(MAX)) == 1
        assert [(await desk.delivery(each))[0] for each in replies] == ["failed", "failed"]
        (row,) = await desk.rows("SELECT address, why FROM suppression")
        assert row.address == MAX
        assert "No such user here" in row.why
