"""Tell the customer something within a run: into the outbox, in the transaction of whatever is told."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from uuid import UUID

from core.errors import AccountRefused, NotFound, Refused
from core.messages import Button, Limits
from ticketing.conversations.outbox import put_in_outbox, require_channel
from ticketing.conversations.parts import Part, parts_of
from ticketing.conversations.window import Closed, window
from ticketing.offers.make import make_offer
from ticketing.people.actor import AI
from ticketing.playbook.resolving import Tell
from ticketing.resolution.book import Book
from ticketing.resolution.run import StepKind
from ticketing.resolution.way import way_of
from ticketing.templates.fill import fill

# By the key of a saved reply: what it said in the desk's own language, and the words that a brain found for that.
Phrased = Mapping[str, tuple[str, str]]
SAVED: Phrased = MappingProxyType({})


class NotTold(Exception):
    """The customer cannot be told. `why`: in words. It never leaves a run."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


async def tell(
    book: Book,
    key: str,
    *,
    customer: str,
    phrased: Phrased = SAVED,
    below: str = "",
    kind: StepKind = StepKind.TELL,
    name: str | None = None,
) -> UUID:
    """Say what this saved reply says; `customer`: their name. Raises NotTold."""
    return await _told(book, key, _words(book, key, customer, phrased), below, (), kind, name or key)


async def propose(book: Book, offer: Tell, *, customer: str, phrased: Phrased = SAVED) -> UUID:
    """The same with two buttons below, which decide where the ticket goes. Raises NotTold."""
    assert offer.accepted is not None, "what has no buttons is only told"
    assert offer.declined is not None, "both or none: the playbook is checked"
    words = _words(book, offer.reply, customer, phrased)

    async def put(below: str, under: tuple[Button, ...]) -> UUID | None:
        return await _told(book, offer.reply, words, below, under, StepKind.TELL, offer.reply)

    message_id = await make_offer(
        put,
        book.ticket,
        book.conversation,
        accepted=offer.accepted,
        declined=offer.declined,
        limits=book.limits,
        uow=book.uow,
        now=book.now,
    )
    assert message_id is not None, "what cannot be told is refused"
    return message_id


def _words(book: Book, key: str, customer: str, phrased: Phrased) -> str:
    reply = book.playbook.replies.get(key)
    if reply is None:
        raise NotTold(f"the playbook has no saved reply {key} any more")
    way = way_of(book, customer)
    said, words = phrased.get(key, (None, ""))
    return words if said == way.says_here(reply, book.ticket) else way.says(reply, book.ticket)


async def _told(
    book: Book, key: str, words: str, below: str, under: tuple[Button, ...], kind: StepKind, name: str
) -> UUID:
    request = book.key
    try:
        limits = require_channel(book.conversation, book.limits)
        parts = parts_of(f"{words}\n\n{below}" if below else words, limits, buttons=under)
    except (Refused, AccountRefused) as refusal:
        raise NotTold(refusal.message) from refusal
    if isinstance(window(book.conversation, limits, book.now), Closed):
        await _require_template(book, parts, limits)
    first = await put_in_outbox(
        parts,
        book.conversation,
        rooms=[book.ticket.id],
        concerns=True,
        by=AI,
        request=request,
        undo=timedelta(),
        uow=book.uow,
        now=book.now,
    )
    if first is None:
        raise NotTold("no machine may write to this address, which the record explains")
    book.write(kind, name, outputs={"message": str(first.id), "reply": key}, key=request)
    if len(parts) == 1:
        return first.id
    last = await book.uow.messages.by_request(f"{request}#{len(parts)}")
    if last is None:
        raise NotFound("A part of what was just written is not there.")
    return last.id


async def _require_template(book: Book, parts: Sequence[Part], limits: Limits) -> None:
    """Only a template may be sent now: the desk's own carries one plain message, if there is one. Raises NotTold.

    Else it would fail on its way out, when the run has long said that the customer was told.
    """
    template = await book.uow.templates.fallback(book.conversation.channel)
    plain = len(parts) == 1 and not parts[0].buttons
    if template is None or len(template.variables) != 1 or not plain:
        raise NotTold("they can only be written to by a template now")
    try:
        fill(template, {template.variables[0]: parts[0].text}, limits)
    except Refused as refusal:
        raise NotTold(refusal.message) from refusal
