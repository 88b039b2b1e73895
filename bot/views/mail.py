"""What stands about a mail beside its words: who wrote it and who reads along, and whether that is proven."""

from collections.abc import Sequence

from bot.text import inline
from core.messages import Party
from ticketing.mails.shown import ShownMail

_MOST_NAMED = 5
_AUTOMATIC_WORDS = 300  # characters


def sender(mail: ShownMail) -> str | None:
    """Who wrote it, where that is not the customer."""
    if mail.by_customer:
        return None
    name, address = inline(mail.sender.name or "", 80), inline(mail.sender.address, 120)
    return f"*{name}* ({address}), in copy" if name else f"*{address}*, in copy"


def facts(mail: ShownMail | None) -> list[str]:
    """Each a line of its own: who reads along, and why it may be somebody else's."""
    if mail is None:
        return []
    told = [copied(mail.copies)] if mail.copies else []
    if mail.doubt:
        address = inline(mail.sender.address, 120)
        told.append(f"⚠️ *Not proven to be from {address}:* {inline(mail.doubt, 200)}")
    return told


def copied(people: Sequence[Party]) -> str:
    """Who reads along."""
    named = ", ".join(_named(each) for each in people[:_MOST_NAMED])
    more = len(people) - _MOST_NAMED
    return f"Cc: {named}" + (f" and {more} more" if more > 0 else "")


def whole(mail: ShownMail | None) -> str | None:
    """A link to all of it."""
    return f"<{mail.url}|Whole mail>" if mail is not None and mail.url is not None else None


def automatic(mail: ShownMail, who: str, text: str) -> str:
    """What only a machine wrote, in a line."""
    said = inline(text, _AUTOMATIC_WORDS)
    told = [f"⚙️ *{who}*", f"automatic: {inline(mail.automatic or '', 200)}", f"“{said}”" if said else None, whole(mail)]
    return " · ".join(each for each in told if each)


def _named(party: Party) -> str:
    return inline(party.name or "", 60) or inline(party.address, 120)
