"""Delivery killed between any two of its steps: nothing is sent twice, nothing stays in between, nothing is held up.

The reply that is killed carries a file, and a second file comes after it.
"""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

from obstore.store import MemoryStore

from core.errors import ChannelUnavailable, RecipientGone, RecipientMoved
from core.messages import Limits, Outbound, Receipt
from storage.blobs.store import BlobStore
from tests.fakes.channels import FakeConnector
from tests.playbooks import WAITING
from tests.storage.desk import DeskAtWork
from tests.storage.mortals import Fate, Killed, MortalWork
from ticketing.attachments.give import keep_file
from ticketing.attachments.links import Links
from ticketing.attachments.outgoing import Outgoing
from ticketing.attachments.store import FileStore
from ticketing.conversations.deliver import deliver
from ticketing.conversations.fallback import Outside
from ticketing.people.person import Person
from ticketing.tickets.ticket import Ticket

LIMITS = Limits(text=1000, caption=lambda _: 100, file=lambda _: 100_000)


class MortalSender:
    """The provider has the message between the two steps, unless the customer is elsewhere."""

    limits = LIMITS

    def __init__(self, desk: DeskAtWork, fate: Fate, moved: str | None) -> None:
        self._desk, self._fate, self._moved = desk, fate, moved

    async def send(self, message: Outbound) -> Receipt:
        self._fate.step()
        if self._moved not in (None, message.recipient):
            raise RecipientMoved("The group is a supergroup now.", to=str(self._moved))
        receipt = await self._desk.channel.send(message)
        self._fate.step()
        return receipt


async def links() -> Links:
    return Links("https://desk.example", b"key")


async def written(desk: DeskAtWork, ticket: Ticket, by: Person, store: FileStore) -> tuple[UUID, UUID]:
    """Words with a file below them, and one more file: the two messages."""

    async def content() -> AsyncIterator[bytes]:
        yield b"%PDF-1.7 a label"

    request = uuid4().hex
    files = [
        await keep_file(
            name,
            content(),
            by=by,
            request=request + name,
            most=100,
            store=store,
            start=desk.start,
            clock=desk.clock,
        )
        for name in ("label.pdf", "bill.pdf")
    ]
    await desk.desk.reply(ticket.id, "Please print these.", by=by, request=request, files=files, then=WAITING)
    return await desk.message(request), await desk.message(f"{request}#2")


async def killed_after(steps: int, desk: DeskAtWork, reply: UUID, *, moved: str | None = None) -> bool:
    """Was it, or did it end by itself before?"""
    fate = Fate(steps)
    try:
        await deliver(
            reply,
            job="1",
            channels={"fake": MortalSender(desk, fate, moved)},
            outside=Outside(),
            start=lambda: MortalWork(desk, fate),
            clock=desk.clock,
            files=desk.outgoing,
        )
    except Killed:
        return True
    except ChannelUnavailable:
        assert moved is not None
    return False


async def test_killed_anywhere_it_is_sent_at_most_once_and_ends_sent_or_unknown(desk: DeskAtWork) -> None:
    mia = await desk.person()
    desk.use(FakeConnector(limits=LIMITS))
    desk.outgoing = Outgoing(links, BlobStore(MemoryStore()))
    ends: list[tuple[str, int]] = []
    died = True
    while died:
        ticket = await desk.ticket(await desk.customer_writes(sender=f"+49{len(ends):09}"), mia)
        reply, after = await written(desk, ticket, mia, desk.outgoing.store)
        died = await killed_after(len(ends), desk, reply)
        for _ in range(2):
            await desk.deliver(reply, job="1")
        await desk.deliver(after)
        state, _ = await desk.delivery(reply)
        sent = [each.message_id for each in desk.channel.sent]
        ends.append((state, sent.count(reply)))
        assert (sent.count(after), sent[-1]) == (1, after)
        (row,) = await desk.rows("SELECT status FROM ticket WHERE id = :id", id=ticket.id)
        assert row.status == WAITING
    assert set(ends) == {("sent", 1), ("unknown", 0), ("unknown", 1)}
    assert len(ends) > 15  # it was killed at that many places
    assert await desk.broken_chains() == []


async def test_killed_anywhere_while_the_customer_turns_out_to_have_moved_it_is_sent_there_once_or_not_at_all(
    desk: DeskAtWork,
) -> None:
    mia = await desk.person()
    ends: list[tuple[str, list[str], bool]] = []
    died = True
    while died:
        steps, new = len(ends), f"+48{len(ends):09}"
        ticket = await desk.ticket(await desk.customer_writes(sender=f"+49{steps:09}"), mia)
        reply = await desk.reply(ticket, mia)
        died = await killed_after(steps, desk, reply, moved=new)
        for _ in range(3):
            await killed_after(10_000, desk, reply, moved=new)
        state, _ = await desk.delivery(reply)
        sent = [each.recipient for each in desk.channel.sent if each.message_id == reply]
        (row,) = await desk.rows("SELECT address FROM conversation WHERE id = :id", id=ticket.conversation_id)
        ends.append((state, sent, row.address == new))
        assert ends[-1] in (("sent", [new], True), ("unknown", [], False))
    assert len({state for state, _, _ in ends}) == 2
    assert len(ends) > 12  # it was killed at that many places
    assert await desk.broken_chains() == []


async def test_killed_anywhere_while_it_is_refused_the_rest_leaves_only_if_it_may_have_arrived(
    desk: DeskAtWork,
) -> None:
    mia = await desk.person()
    desk.use(FakeConnector(limits=LIMITS))
    desk.outgoing = Outgoing(links, BlobStore(MemoryStore()))
    ends: list[tuple[str, str, int]] = []
    died = True
    while died:
        ticket = await desk.ticket(await desk.customer_writes(sender=f"+49{len(ends):09}"), mia)
        reply, after = await written(desk, ticket, mia, desk.outgoing.store)
        desk.channel.fail_next = RecipientGone("They have blocked us.")
        died = await killed_after(len(ends), desk, reply)
        for _ in range(2):
            await desk.deliver(reply, job="1")
        desk.channel.fail_next = None
        for _ in range(2):
            await desk.deliver(after)
        sent = [each.message_id for each in desk.channel.sent]
        assert reply not in sent
        ends.append(((await desk.delivery(reply))[0], (await desk.delivery(after))[0], sent.count(after)))
    assert set(ends) == {("failed", "failed", 0), ("unknown", "sent", 1)}
    assert await desk.broken_chains() == []
