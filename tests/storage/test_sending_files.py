"""Files to customers: kept once, carried by replies in their order, and sent only when they are here and fit."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from obstore.store import MemoryStore

from core.errors import (
    AccountRefused,
    ChannelError,
    ChannelUnavailable,
    FileGone,
    FileTooLarge,
    MessageRefused,
    NotFound,
    OutcomeUnknown,
)
from core.messages import Delivery, DeliveryReport, Limits, Receipt, RemoteFile
from storage.blobs.store import BlobStore
from storage.blobs.unused import UnusedFiles
from tests.fakes.files import FakeFiles
from tests.pictures import a_picture
from tests.storage.desk import DeskAtWork
from ticketing.attachments.fetch import Fetchable, fetch_file
from ticketing.attachments.give import keep_file
from ticketing.attachments.links import Links
from ticketing.attachments.outgoing import Outgoing
from ticketing.conversations.file_event import file_event
from ticketing.conversations.parts import FileRefused
from ticketing.conversations.sent import note_sent
from ticketing.conversations.settle import SettledMeanwhile
from ticketing.people.person import Person
from ticketing.tickets.ticket import Ticket

MOST = 100_000
PHOTO = a_picture()


async def links() -> Links:
    return Links("https://desk.example", b"key")


class Sending:
    """Mia answers a customer on a channel that takes pictures of up to MOST bytes, with words below them."""

    def __init__(self, desk: DeskAtWork) -> None:
        self.desk = desk
        self.store = BlobStore(MemoryStore())
        desk.outgoing = Outgoing(links, self.store)
        desk.channel.limits = Limits(
            text=1000,
            caption=lambda _: 100,
            file=lambda kind: MOST if kind.startswith("image/") else 0,
            receives=MOST,
        )
        desk.desk = replace(desk.desk, limits={"fake": desk.channel.limits})

    async def begin(self) -> tuple[Ticket, Person]:
        mia = await self.desk.person()
        return await self.desk.ticket(await self.desk.customer_writes(), mia), mia

    async def keep(self, by: Person, content: bytes = PHOTO, *, request: str = "f1", name: str = "label.jpg") -> UUID:
        async def chunks() -> AsyncIterator[bytes]:
            yield content

        return await keep_file(
            name,
            chunks(),
            by=by,
            request=request,
            most=MOST,
            store=self.store,
            start=self.desk.start,
            clock=self.desk.clock,
        )

    async def deliver_all(self) -> None:
        for row in await self.desk.rows("SELECT id FROM message WHERE direction = 'out' ORDER BY at"):
            await self.desk.deliver(row.id)


@pytest.fixture
def sending(desk: DeskAtWork) -> Sending:
    return Sending(desk)


class TestKeeping:
    async def test_the_same_act_twice_is_one_file(self, sending: Sending) -> None:
        _, mia = await sending.begin()
        assert await sending.keep(mia) == await sending.keep(mia)
        assert await sending.keep(mia, request="f2") != await sending.keep(mia)
        assert await sending.desk.count("attachment") == 2

    @pytest.mark.parametrize(("content", "error"), [(bytes(MOST + 1), FileTooLarge), (b"", FileGone)])
    async def test_what_is_refused_leaves_nothing(
        self, sending: Sending, content: bytes, error: type[Exception]
    ) -> None:
        _, mia = await sending.begin()
        with pytest.raises(error):
            await sending.keep(mia, content)
        assert await sending.desk.count("attachment") == 0


class TestSending:
    async def test_what_a_comment_or_a_customer_brought_is_not_sent_to_anybody(self, sending: Sending) -> None:
        ticket, mia = await sending.begin()
        internal = [RemoteFile("F1", "internal.jpg", "image/jpeg")]
        await sending.desk.desk.comment(ticket.id, "For us only.", by=mia, files=internal, source="slack:C1:1")
        (file,) = await sending.desk.rows("SELECT id FROM attachment")
        with pytest.raises(NotFound):
            await sending.desk.desk.reply(ticket.id, "Look.", by=mia, request=uuid4().hex, files=[file.id])
        assert (await sending.desk.rows("SELECT count(*) AS n FROM message WHERE direction = 'out'"))[0].n == 0

    async def test_two_pictures_with_words_are_two_messages_and_the_bytes_are_theirs(self, sending: Sending) -> None:
        ticket, mia = await sending.begin()
        files = [await sending.keep(mia, request=f"f{number}", name=f"{number}.jpg") for number in (1, 2)]
        await sending.desk.desk.reply(ticket.id, "Please print these.", by=mia, request=uuid4().hex, files=files)
        await sending.deliver_all()
        sent = sending.desk.channel.sent
        assert [(each.text, each.file and each.file.name) for each in sent] == [
            ("Please print these.", "1.jpg"),
            ("", "2.jpg"),
        ]
        file = sent[0].file
        assert file is not None
        assert (file.content_type, file.size) == ("image/jpeg", len(PHOTO))
        assert file.url.startswith(f"https://desk.example/files/{files[0]}/1.jpg?e=")
        for _ in range(2):
            assert b"".join([chunk async for chunk in file.open()]) == PHOTO

    async def test_one_that_failed_is_sent_again_with_its_file(self, sending: Sending) -> None:
        ticket, mia = await sending.begin()
        request, file = uuid4().hex, await sending.keep(mia)
        await sending.desk.desk.reply(ticket.id, "Print this.", by=mia, request=request, files=[file])
        sending.desk.channel.fail_next = MessageRefused("Busy.", resendable=True)
        await sending.deliver_all()
        assert sending.desk.channel.sent == []
        await sending.desk.desk.send_again(await sending.desk.message(request), by=mia)
        await sending.deliver_all()
        ((words, again),) = [(each.text, each.file) for each in sending.desk.channel.sent]
        assert (words, again and again.name) == ("Print this.", "label.jpg")

    async def test_a_file_alone_is_a_reply(self, sending: Sending) -> None:
        ticket, mia = await sending.begin()
        file = await sending.keep(mia)
        await sending.desk.desk.reply(ticket.id, "", by=mia, request=uuid4().hex, files=[file])
        await sending.deliver_all()
        assert len(sending.desk.channel.sent) == 1

    @pytest.mark.parametrize("content", [b"%PDF-1.7\n" + bytes(50), b"<html>"])
    async def test_what_the_channel_does_not_take_is_refused_while_there_is_a_form_to_say_so_in(
        self, sending: Sending, content: bytes
    ) -> None:
        ticket, mia = await sending.begin()
        file = await sending.keep(mia, content)
        with pytest.raises(FileRefused, match=r"label\.jpg"):
            await sending.desk.desk.reply(ticket.id, "Here.", by=mia, request=uuid4().hex, files=[file])
        assert await sending.desk.count("message WHERE direction = 'out'") == 0

    async def test_a_file_that_nobody_gave_is_refused(self, sending: Sending) -> None:
        ticket, mia = await sending.begin()
        with pytest.raises(NotFound):
            await sending.desk.desk.reply(ticket.id, "Here.", by=mia, request=uuid4().hex, files=[uuid4()])


class TestStillElsewhere:
    async def test_a_reply_leaves_when_its_file_is_here(self, sending: Sending) -> None:
        file, ticket = await self._replied_with(sending, RemoteFile("photo", "label.jpg", "image/jpeg"))
        with pytest.raises(AccountRefused):
            await self._fetch(sending, file, AccountRefused("The scope is missing."))
        with pytest.raises(ChannelUnavailable, match=r"label\.jpg is still being fetched\. The scope is missing\."):
            await sending.deliver_all()
        await self._fetch(sending, file, PHOTO)
        assert "FileSettled" in await sending.desk.jobs()
        await sending.deliver_all()
        assert [each.file is not None for each in sending.desk.channel.sent] == [True]
        assert ticket is not None

    @pytest.mark.parametrize("content", [None, b"%PDF-1.7\n" + bytes(50)])
    async def test_one_that_cannot_be_had_or_is_something_else_fails_the_reply_in_words(
        self, sending: Sending, content: bytes | None
    ) -> None:
        file, _ = await self._replied_with(sending, RemoteFile("photo", "label.jpg", "image/jpeg"))
        await self._fetch(sending, file, content)
        await sending.deliver_all()
        (row,) = await sending.desk.rows("SELECT delivery, error FROM message WHERE direction = 'out'")
        assert row.delivery == "failed"
        assert "label.jpg" in row.error
        assert sending.desk.channel.sent == []

    async def _replied_with(self, sending: Sending, remote: RemoteFile) -> tuple[UUID, Ticket]:
        ticket, mia = await sending.begin()
        desk, conversation = sending.desk.desk, ticket.conversation_id
        (file,) = [each.id for each in await desk.give_files([remote], conversation, by=mia, request="f1")]
        assert [each.id for each in await desk.give_files([remote], conversation, by=mia, request="f1")] == [file]
        await desk.reply(ticket.id, "Here.", by=mia, request=uuid4().hex, files=[file])
        return file, ticket

    async def _fetch(self, sending: Sending, file: UUID, content: bytes | ChannelError | None) -> None:
        source = FakeFiles({"photo": content} if content is not None else {})
        await fetch_file(
            file,
            sources={"slack": Fetchable(source, MOST)},
            store=sending.store,
            start=sending.desk.start,
            clock=sending.desk.clock,
        )


class TestForgetting:
    async def test_what_was_given_and_never_sent_goes_with_its_bytes_unless_somebody_has_the_same(
        self, sending: Sending
    ) -> None:
        ticket, mia = await sending.begin()
        used, twin = await sending.keep(mia), await sending.keep(mia, request="f2")
        await sending.keep(mia, a_picture("PNG"), request="f3")
        await sending.desk.desk.reply(ticket.id, "Here.", by=mia, request=uuid4().hex, files=[used])
        rows = await sending.desk.rows("SELECT id, sha256 FROM attachment")
        contents = {row.id: row.sha256 for row in rows}
        unused = UnusedFiles(sending.desk.database, sending.store)
        assert await unused.forget(now=sending.desk.now + timedelta(days=1)) == 0
        assert await unused.forget(now=sending.desk.now + timedelta(days=3)) == 2
        assert [row.id for row in await sending.desk.rows("SELECT id FROM attachment")] == [used]
        assert contents[used] == contents[twin]
        assert b"".join([chunk async for chunk in sending.store.read(contents[used])]) == PHOTO
        (gone,) = {content for content in contents.values() if content != contents[used]}
        with pytest.raises(FileGone):
            await sending.store.open(gone)


class TestOneMail:
    """On a channel with letters a reply with its files is one mail."""

    @pytest.fixture
    async def written(self, sending: Sending) -> list[UUID]:
        """The three messages of a reply with three files."""
        sending.desk.channel.limits = replace(sending.desk.channel.limits, letters=True)
        sending.desk.desk = replace(sending.desk.desk, limits={"fake": sending.desk.channel.limits})
        ticket, mia = await sending.begin()
        files = [await sending.keep(mia, request=f"f{number}", name=f"{number}.jpg") for number in (1, 2, 3)]
        await sending.desk.desk.reply(ticket.id, "Please print these.", by=mia, request="r", files=files)
        return [row.id for row in await sending.desk.rows("SELECT id FROM message WHERE direction = 'out' ORDER BY at")]

    async def states(self, sending: Sending) -> list[str]:
        rows = await sending.desk.rows("SELECT delivery FROM message WHERE direction = 'out' ORDER BY at")
        return [row.delivery for row in rows]

    async def test_takes_all_files_with_it(self, sending: Sending, written: list[UUID]) -> None:
        for late in written[1:]:
            with pytest.raises(ChannelUnavailable):
                await sending.desk.deliver(late)
        await sending.deliver_all()

        (mail,) = sending.desk.channel.sent
        assert mail.letter is not None
        assert mail.file is not None
        assert [mail.file.name, *(each.name for each in mail.letter.files)] == ["1.jpg", "2.jpg", "3.jpg"]
        assert await self.states(sending) == ["sent", "sent", "sent"]

    async def test_what_becomes_of_it_becomes_of_all(self, sending: Sending, written: list[UUID]) -> None:
        sending.desk.channel.fail_next = MessageRefused("Too large.", resendable=True)
        await sending.deliver_all()
        assert sending.desk.channel.sent == []
        assert await self.states(sending) == ["failed", "failed", "failed"]
        rows = await sending.desk.rows("SELECT DISTINCT error, resendable FROM message WHERE direction = 'out'")
        assert [tuple(row) for row in rows] == [("Too large.", True)]

    async def test_waits_for_every_file(self, sending: Sending, written: list[UUID]) -> None:
        await sending.desk.rows_changed("UPDATE attachment SET state = 'awaited' WHERE name = '3.jpg'")
        with pytest.raises(ChannelUnavailable, match=r"3\.jpg is still being fetched"):
            await sending.desk.deliver(written[0])
        await sending.desk.rows_changed("UPDATE attachment SET state = 'stored'")
        await sending.deliver_all()
        assert len(sending.desk.channel.sent) == 1

    async def test_sent_again_is_one_mail_with_all_its_files_and_may_be_undone(
        self, sending: Sending, written: list[UUID]
    ) -> None:
        desk, mia = sending.desk, await sending.desk.person()
        desk.channel.fail_next = MessageRefused("Spam filter.", resendable=True)
        await sending.deliver_all()
        desk.undo(timedelta(minutes=1))
        desk.now += timedelta(minutes=1)
        await desk.desk.send_again(written[1], by=mia)  # of whichever of them the button was
        with pytest.raises(SettledMeanwhile, match="has sent it again already"):
            await desk.desk.send_again(written[0], by=mia)
        await desk.desk.withdraw(await desk.message(f"again:{written[0]}"), by=mia)
        desk.undo(timedelta())
        desk.now += timedelta(minutes=1)
        await desk.desk.send_again(written[0], by=mia)
        await sending.deliver_all()

        (mail,) = desk.channel.sent
        assert mail.letter is not None
        assert mail.file is not None
        assert mail.text == "Please print these."
        assert [mail.file.name, *(each.name for each in mail.letter.files)] == ["1.jpg", "2.jpg", "3.jpg"]
        assert await self.states(sending) == ["failed"] * 3 + ["withdrawn"] * 3 + ["sent"] * 3
        for each in written:
            assert await desk.message(f"again:{each}") not in written

    async def test_that_it_arrived_is_said_of_all_of_it(self, sending: Sending, written: list[UUID]) -> None:
        sending.desk.channel.fail_next = OutcomeUnknown("Broke off.")
        await sending.deliver_all()
        assert await self.states(sending) == ["unknown"] * 3
        await sending.desk.desk.confirm_arrival(written[2], by=await sending.desk.person())
        assert await self.states(sending) == ["sent"] * 3

    async def test_whoever_dies_sending_it_leaves_none_of_it_on_its_way_for_ever(
        self, sending: Sending, written: list[UUID]
    ) -> None:
        desk = sending.desk
        await desk.rows_changed(
            "UPDATE message SET delivery = 'sending', sending_job = 'dead', sending_since = :at WHERE id = :id",
            at=desk.now,
            id=written[0],
        )
        desk.now += timedelta(minutes=6)
        with pytest.raises(ChannelUnavailable, match="has not left yet"):
            await desk.deliver(written[1])
        await sending.deliver_all()
        assert await self.states(sending) == ["unknown"] * 3

        late = Receipt("SM1")  # it was not dead, only slow
        await note_sent(written[0], late, "fake", is_letter=True, uow=desk.start(), now=desk.now)
        assert await self.states(sending) == ["sent"] * 3

    async def test_when_it_comes_back_all_of_it_does(self, sending: Sending, written: list[UUID]) -> None:
        await sending.deliver_all()
        desk = sending.desk
        (row,) = await desk.rows("SELECT address FROM conversation")
        bounce = DeliveryReport(
            f"{written[0]}", written[0], Delivery.FAILED, error="No such user.", bounced=row.address
        )
        inbox_id = await desk.store(b"raw")
        await file_event(inbox_id, parse={"fake": lambda _: (bounce,)}, uow=desk.start(), now=desk.now)
        rows = await desk.rows("SELECT delivery, error FROM message WHERE direction = 'out'")
        assert [tuple(each) for each in rows] == [("failed", "No such user.")] * 3
