"""The modals for a reply, on a ticket and in a conversation without one: what is being answered, one text, and files
where the channel takes any.

On a ticket they also ask what its status becomes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from bot.intents import KEEP, Field, Form
from bot.refs import StaleButton
from bot.submission import Submission, conversation_metadata, private_metadata, renewed
from bot.text import inline, prose, size, title
from bot.views import light_card, ticket_card, words
from bot.views.parts import (
    OPTION,
    boxes,
    clock_time,
    context,
    field,
    files,
    modal,
    mrkdwn,
    option,
    plain,
    section,
    select,
    typed,
)
from bot.views.reply_aids import Aids, aids, waiting
from bot.wire import Json
from ticketing.conversations.conversation import Message
from ticketing.conversations.light_card import LightCard
from ticketing.conversations.origin import TYPED, Origin
from ticketing.conversations.parts import GivenFile
from ticketing.conversations.ports import Writer
from ticketing.mails.envelope import Envelope, as_typed
from ticketing.playbook.lifecycle import Status
from ticketing.tickets.card import TicketCard

_MOST_NAMED = 5  # colleagues who are writing
_MOST_FILES = 10
ASIDE = 600
_CC = "Addresses with commas between them. Whoever stands here reads your reply, and takes part from then on."
BOX = 3000  # characters that Slack takes in one box
NO_AIDS = Aids()


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form is filled in with when a reply is written anew. `meanwhile`: what a colleague has replied.

    `files` it had already; `origin` says where its words came from. `aside` is said to its writer, in our words;
    `turn`: how often their box has been filled in. `waits_for`: the suggestion that is being written, in its place.
    """

    text: str
    then: str | None = None
    meanwhile: Message | None = None
    files: Sequence[GivenFile] = ()
    origin: Origin = TYPED
    aside: str | None = None
    turn: int = 0
    waits_for: UUID | None = None
    cc: str | None = None  # as it was typed. None: as the form offers it


def said(draft: Draft, aside: str | None) -> Draft:
    """The same words in a new box, with something to say to their writer."""
    return replace(draft, aside=aside, turn=draft.turn + 1)


def put_in(draft: Draft, text: str, what: str, *, most: int | None, between: str = "\n\n") -> Draft:
    """With this text below what was typed; where that is too long, as it was, and why. `most`: characters of the
    customer's channel.
    """
    whole = f"{draft.text.rstrip()}{between}{text}" if draft.text.strip() else text
    limit = min(most or BOX, BOX)
    if (length := size(whole)) > limit:
        return said(draft, f"⚠️ {what} was not added: the reply would have {length:,} characters, and takes {limit:,}.")
    return replace(said(draft, None), text=whole)


@dataclass(frozen=True, slots=True)
class Setting:
    """In what situation a reply is written.

    `most`: characters the customer's channel takes, if known; `takes`: in words, which files. `seen` is when the form
    was opened: what is replied later, its writer has not seen; `now`, where it is drawn anew. `writers`: colleagues
    who are writing one too.
    """

    most: int | None
    seen: datetime | None = None
    writers: Sequence[Writer] = ()
    draft: Draft | None = None
    takes: str | None = None  # None: no files
    aids: Aids = NO_AIDS
    now: datetime | None = None
    envelope: Envelope | None = None  # of an answer by mail


def reply_modal(card: TicketCard, setting: Setting, *, then: Sequence[Status]) -> Json:
    """`then`: the statuses this person may go to."""
    about = f"*#{card.number} {inline(card.subject, 200)}*\n{_to(card)}"
    blocks = _blocks(about, card, setting)
    if then:
        draft = setting.draft
        keep = option(title(f"Keep it: {card.status.label}", OPTION), KEEP)
        moves = [option(title(f"{words.sign(each)} {each.label}", OPTION), each.key) for each in then]
        offered = draft.then if draft and draft.then in {each.key for each in then} else KEEP
        menu = select(Field.THEN, [keep, *moves], chosen=offered)
        blocks.append(field(Field.THEN, "Then set the status", menu, optional=True))
    metadata = private_metadata(ticket_card.ref(card), card.number, seen=setting.seen, **_remembered(setting.draft))
    return modal(Form.REPLY, f"Reply on #{card.number}"[:24], blocks, submit="Send", metadata=metadata, heard=True)


def _remembered(draft: Draft | None) -> dict[str, str]:
    """Where the words came from, which `origin_of` reads, and which suggestion it waits for."""
    origin = draft.origin if draft else TYPED
    waits = {"waits_for": str(draft.waits_for)} if draft and draft.waits_for else {}
    comment = {"comment": str(origin.comment_id)} if origin.comment_id else {}
    return comment | waits | ({"drafted": "yes"} if origin.drafted else {})


def origin_of(form: Submission) -> Origin:
    """Where the form says that its words came from. Raises StaleButton."""
    try:
        comment = form.said("comment")
        return Origin(UUID(comment) if comment else None, bool(form.said("drafted")))
    except ValueError as error:
        raise StaleButton from error


def answer_modal(card: LightCard, setting: Setting) -> Json:
    """In a conversation without a ticket."""
    metadata = conversation_metadata(light_card.ref(card), seen=setting.seen)
    blocks = _blocks(_to(card), card, setting)
    return modal(Form.ANSWER, "Reply", blocks, submit="Send", metadata=metadata, heard=True)


def _to(card: TicketCard | LightCard) -> str:
    return f"To *{inline(card.customer, 200) or 'the customer'}* on {words.channel(card.channel)}"


def _blocks(about: str, card: TicketCard | LightCard, setting: Setting) -> list[Json]:
    answered = prose(card.last_words or "", 600)
    draft = setting.draft
    return [
        *([_writing(setting.writers)] if setting.writers else []),
        section(mrkdwn(about)),
        *([context(mrkdwn(_addressed(setting.envelope)))] if setting.envelope else []),
        *([section(mrkdwn(_unreachable(card)))] if card.unreachable_since else []),
        *_left(card.answer_until, setting.now or setting.seen),
        *([context(plain(answered))] if answered else []),
        *([_meanwhile(draft.meanwhile)] if draft and draft.meanwhile else []),
        *_writable(setting, draft),
        *_copies(setting),
        *_files(setting),
    ]


def _writable(setting: Setting, draft: Draft | None) -> list[Json]:
    if draft is not None and draft.waits_for is not None:
        return waiting(draft.text)
    aside = [section(plain(prose(draft.aside, ASIDE)))] if draft and draft.aside else []
    return [*aids(setting.aids, draft.turn if draft else 0), *aside, _box(setting, draft)]


def _box(setting: Setting, draft: Draft | None) -> Json:
    words = typed(Field.TEXT, lines=True, focus=True, most=setting.most, initial=draft.text if draft else None)
    box = field(Field.TEXT, "Your reply", words, optional=setting.takes is not None)  # a file needs no words
    return box | {"block_id": renewed(Field.TEXT, draft.turn if draft else 0)}


def _addressed(envelope: Envelope) -> str:
    """Where the mail goes, and under which subject."""
    subject, again = inline(envelope.subject, 200), "Re: " if envelope.answers else ""
    return f"✉️ {inline(envelope.to.address, 200)} · {f'{again}{subject}' if subject else '(no subject)'}"


def _copies(setting: Setting) -> list[Json]:
    """Who reads along: everybody, unless the writer says otherwise. More names than a box holds stay as they are."""
    if setting.envelope is None:
        return []
    offered = as_typed(setting.envelope.cc)
    if size(offered) > BOX:
        return [context(mrkdwn(f"Cc: {len(setting.envelope.cc)} people"))]
    typed_before = setting.draft.cc if setting.draft else None
    box = typed(Field.CC, most=BOX, initial=(offered if typed_before is None else typed_before) or None)
    return [field(Field.CC, "Cc", box, optional=True, hint=_CC)]


def _files(setting: Setting) -> list[Json]:
    """Those that it had, to be left out again, and more."""
    if setting.takes is None:
        return []
    had = setting.draft.files[:_MOST_FILES] if setting.draft else ()
    blocks = []
    if had:
        kept = boxes(Field.KEPT, [option(title(each.name, OPTION), str(each.id)) for each in had])
        blocks.append(field(Field.KEPT, "Files that it had", kept, optional=True))
    if left := _MOST_FILES - len(had):
        more = files(Field.FILES, most=left)
        blocks.append(field(Field.FILES, "Files", more, optional=True, hint=setting.takes))
    return blocks


def _left(until: datetime | None, now: datetime | None) -> list[Json]:
    """How long the customer can still be answered freely."""
    if until is None or now is None or until <= now:
        return []
    minutes = int((until - now).total_seconds() // 60)
    left = f"{minutes // 60} h" if minutes >= 60 else f"{minutes} min"
    return [context(mrkdwn(f"⏳ free to answer until {clock_time(until)}, {left} left"))]


def _unreachable(card: TicketCard | LightCard) -> str:
    there = words.unreachable(card.channel)
    return f"{there}. A reply will hardly arrive: write to them on another channel, if you know one."


def _writing(writers: Sequence[Writer]) -> Json:
    lines = [
        f"✍️ *{inline(each.name, 120) or 'Somebody'}* has been writing a reply since {clock_time(each.since)}"
        for each in writers[:_MOST_NAMED]
    ]
    if more := writers[_MOST_NAMED:]:
        lines.append(f"… and {words.count(len(more), 'more colleague')}")
    return section(mrkdwn("\n".join(lines)))


def _meanwhile(reply: Message) -> Json:
    who = inline(reply.author_name or "", 120) or "Somebody"
    said = f"“{inline(reply.text, 300)}”" if reply.text else "_a file_"
    return section(
        mrkdwn(
            f"⚠️ *{who} replied at {clock_time(reply.at)}, while you were writing:* {said}\n"
            "Press Send again to send yours too."
        )
    )
