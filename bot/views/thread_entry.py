"""What stands in a ticket's thread: the customer's messages, our replies and how far they came, comments.

A text is never cut here: what one post cannot hold goes on in the next. But of a long mail the rest is behind a link.
"""

from dataclasses import replace
from datetime import datetime

from bot.intents import Action
from bot.refs import message_value
from bot.text import cut, inline, pieces
from bot.views import mail, words
from bot.views.approval_entry import approval_entry, outcome_entry
from bot.views.files import file_blocks, summary
from bot.views.message_menu import block_of, message_menu
from bot.views.parts import SECTION, actions, button, clock_time, context, mrkdwn, plain, section
from bot.views.remedies import remedies
from bot.views.run_entry import run_entry
from bot.wire import Json
from core.messages import Delivery
from ticketing.tickets.card import RoomEntry

_SECTIONS_A_POST = 3  # Slack refuses messages whose blocks have more than about 13,000 characters together
_POSTS_OF_A_MAIL = 2
_BEFORE = 300  # characters of what a message said before
_QUOTED = 80  # characters of what a message answers
_TOLD_WHY = frozenset({Delivery.FAILED, Delivery.UNKNOWN, Delivery.PENDING})

_WORDLESS = "(A message without text.)"
_FILES = 6000  # characters of blocks in the post that has an entry's files; the rest is for its first section

Post = tuple[str, list[Json]]  # fallback text and blocks


def thread_entry(entry: RoomEntry) -> list[Post]:
    """The posts of one entry, in order. Only the first changes when a reply gets on, or a file of it."""
    if entry.moved_to is not None:
        return [_moved(entry, entry.moved_to)]
    if entry.is_deleted:
        return [(f"{_named(entry)}: deleted", [context(mrkdwn(f"{_who(entry)} · 🗑 deleted"))])]
    if entry.approval is not None:
        return [outcome_entry(entry.approval) if entry.kind == "outcome" else approval_entry(entry.approval)]
    if entry.run is not None:
        return [run_entry(entry.run)]
    if entry.mail is not None and entry.mail.automatic:
        who = inline(entry.mail.sender.name or entry.mail.sender.address, 120) or "unknown"
        return [(f"{_named(entry)}: automatic", [context(mrkdwn(mail.automatic(entry.mail, who, entry.text)))])]
    posts, left = _kept_short(entry, _divided(entry))
    said = cut(entry.text.strip(), 150) or (summary(entry.attachments) if entry.attachments else "")
    text = f"{_named(entry)}: {said}"
    shown = [
        (text, [*_head(entry, at, len(posts)), *(section(plain(part)) for part in post)])
        for at, post in enumerate(posts)
    ]
    if left:
        shown[-1][1].append(context(mrkdwn(f"… and {left:,} more characters: {mail.whole(entry.mail)}")))
    shown[0][1].extend([*file_blocks(entry.attachments, most=_FILES), *_buttons(entry)])
    return shown


def pictures_of(entry: RoomEntry) -> list[str]:
    """Slack's ids of the pictures that its post shows."""
    return [each.slack_file for each in entry.attachments if each.slack_file is not None]


def unpictured(entry: RoomEntry) -> RoomEntry:
    """The same with links only."""
    return replace(entry, attachments=tuple(replace(each, slack_file=None) for each in entry.attachments))


def _divided(entry: RoomEntry) -> list[list[str]]:
    """The sections of each post. Where they are divided must not depend on what becomes of the files."""
    if not entry.text.strip():
        return [[] if entry.attachments else [_WORDLESS]]
    parts = pieces(entry.text, SECTION)
    first = 1 if entry.attachments else _SECTIONS_A_POST
    later = [parts[at : at + _SECTIONS_A_POST] for at in range(first, len(parts), _SECTIONS_A_POST)]
    return [parts[:first], *later]


def _kept_short(entry: RoomEntry, posts: list[list[str]]) -> tuple[list[list[str]], int]:
    """A long mail is shown as far as anybody reads in a thread, where there is a page with all of it; and how many
    characters are left.
    """
    if mail.whole(entry.mail) is None:
        return posts, 0
    left = sum(len(part) for post in posts[_POSTS_OF_A_MAIL:] for part in post)
    return posts[:_POSTS_OF_A_MAIL], left


def _moved(entry: RoomEntry, number: int) -> Post:
    """What is left of a message that belonged to another ticket: where it went."""
    went = f"moved to #{number} by {inline(entry.moved_by or '', 120) or 'somebody'}"
    return f"{_named(entry)}: {went}", [context(mrkdwn(f"{_who(entry)} · ↪ {went}"))]


def _head(entry: RoomEntry, at: int, total: int) -> list[Json]:
    if at:
        return [context(mrkdwn(f"{_who(entry)} · continued ({at + 1} of {total})"))]
    line = mrkdwn(" · ".join([_who(entry), *_remarks(entry)]))
    if entry.kind == "inbound":  # only a section can hold a menu
        beside = mail.facts(entry.mail)
        return [
            section(line, accessory=message_menu(entry), block_id=block_of(entry.id)),
            *([context(*map(mrkdwn, beside))] if beside else []),
        ]
    elements = [line]
    if entry.kind == "outbound" and entry.delivery in _TOLD_WHY and (why := inline(entry.error or "", 500)):
        elements.append(mrkdwn(why))
    return [context(*elements)]


def _named(entry: RoomEntry) -> str:
    """As notifications name who wrote it."""
    return cut(entry.author, 80) + (f" in {cut(entry.group, 80)}" if entry.group is not None else "")


def _who(entry: RoomEntry) -> str:
    author = f"*{inline(entry.author, 120) or 'unknown'}*"
    if entry.kind == "outbound":
        return f"📤 {author} → customer" + (f", {mail.copied(entry.copies)}" if entry.copies else "")
    if entry.kind == "comment":
        return f"📝 {author} · internal comment"
    if entry.mail is not None and (sender := mail.sender(entry.mail)) is not None:
        return f"💬 {sender}"
    return f"💬 {author}" + (f" in *{inline(entry.group, 120) or 'a group'}*" if entry.group is not None else "")


def _remarks(entry: RoomEntry) -> list[str]:
    remarks = [words.delivery_of(entry.delivery, entry.error)] if entry.kind == "outbound" else []
    if entry.answers is not None:
        remarks.append(_answers(entry.answers, entry.answers_whose))
    if entry.note:
        remarks.append(inline(entry.note, 200))
    if entry.resent_by:
        remarks.append(f"sent again by {inline(entry.resent_by, 120)}")
    if entry.edited_at is not None:
        remarks.append(_edited(entry, entry.edited_at))
    if link := mail.whole(entry.mail):
        remarks.append(link)
    if not entry.concerns:
        remarks.append("_about the conversation, not this ticket in particular_")
    return remarks


def _answers(quoted: str, whose: str | None) -> str:
    """Which message its customer chose to answer."""
    said, name = inline(quoted, _QUOTED), inline(whose or "", 80)
    # Not the bare name: one that ends in ":cat" would be a picture of a cat together with our colon.
    return f"↩︎ to {f'*{name}*' if name else 'a message'}: " + (f"“{said}”" if said else "no text")


def _edited(entry: RoomEntry, at: datetime) -> str:
    """When, whether somebody had answered it, and what it said before."""
    after = (
        f", *after {inline(entry.answered_by or '', 120) or 'somebody'}’s answer*" if entry.edited_after_answer else ""
    )
    before = inline(entry.earlier or "", _BEFORE)
    others = f" (+{entry.versions - 1:,} older)" if entry.versions > 1 else ""
    return f"✏️ edited {clock_time(at)}{after} · before: " + (f"“{before}”" if before else "no text") + others


def _buttons(entry: RoomEntry) -> list[Json]:
    """What can be done about a reply in this state."""
    if entry.kind != "outbound" or entry.message_id is None:
        return []
    if entry.delivery is Delivery.PENDING:
        return [actions(button("Undo", Action.UNDO, message_value(entry.message_id)))]
    if entry.resent_by is not None or entry.goes_along:
        return []
    offered = remedies(entry.message_id, entry.delivery, resendable=entry.resendable)
    return [actions(*offered)] if offered else []
