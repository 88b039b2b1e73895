"""What an answer of a mail server means for the outbox, in words for whoever wrote the mail. Pure.

Codes: RFC 5321 section 4.2, RFC 3463. What servers say beside them is shown, and not relied on where a code tells.
"""

import re
from enum import Enum

from connectors.email.sending.fields import on_one_line
from core.errors import AccountRefused, ChannelError, ChannelUnavailable, MessageRefused, RecipientGone

_MB = 2**20
_LATER = 120.0  # seconds
_MOST_SAID = 200  # letters of a server's own words
_ENHANCED = re.compile(r"^\s*([245]\.\d{1,3}\.\d{1,3})(?!\d)[\s:-]*")
# No such mailbox or domain, an address that is none, a mailbox that has moved, a domain that takes no mail.
_GONE = frozenset(("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"))
_VAGUE = frozenset(("5.0.0", "5.1.0", "5.5.0"))  # said of anything: the words tell
_GONE_CODES = frozenset((550, 551, 553))
_GONE_WORDS = re.compile(
    r"(user|mailbox|recipient|address|account|alias)\b.{0,40}\b(unknown|not found|does(n't| not) exist|"
    r"disabled|invalid)|(unknown|no such|invalid|nonexistent) (local )?(user|mailbox|recipient|address|account)|"
    r"user doesn't|no mailbox (here|by that name)",
    re.I,
)
# Some say "disabled" (5.2.1) of a mailbox that gets more than it takes just now.
_BUSY_WORDS = re.compile(r"\b(rate|quickly|too (many|much)|quota|limit)\b", re.I)
_TOO_LARGE = frozenset(("5.3.4", "5.2.3"))
_TOO_LARGE_WORDS = re.compile(r"\b(message|mail|size|data)\b.{0,40}\b(size|large|big|limit)\b|too (large|big)", re.I)
_NEARLY = 0.9  # of the bytes that a server takes: it may count otherwise than we do
_FULL = "5.2.2"
_LOGIN = frozenset((530, 534, 535, 538))
_NOT_AS_THIS = frozenset(("5.7.60", "5.7.9", "5.7.14"))  # the login may not send as this address


class Stage(Enum):
    """What the server answered."""

    GREETING = "greeting"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"
    FOR_ALL = "content for several recipients"


def said(code: int, words: str) -> str:
    """A server's answer as it may be shown: "550 5.1.1 no such user"."""
    return f"{code} {on_one_line(words)[:_MOST_SAID]}".strip().rstrip(".")


def refusal(stage: Stage, code: int, words: str, *, about: str, size: int = 0, most: int | None = None) -> ChannelError:
    """Of an answer that is no yes. `about` is the address it is about; `most` the bytes that the server takes.

    Nothing was sent, whatever it is.
    """
    heard = said(code, words)
    if not 500 <= code < 600 or stage is Stage.GREETING:
        words_of_it = f"Our mail server does not take mail now ({heard}): nothing was sent."
        # Of this mail it will say the same in a moment; who is greylisted waits for minutes.
        named = stage in (Stage.RECIPIENT, Stage.CONTENT, Stage.FOR_ALL)
        return ChannelUnavailable(words_of_it, retry_after=_LATER if named else None)
    found = _ENHANCED.match(words)
    enhanced = found[1] if found else ""
    if stage is Stage.LOGIN or code in _LOGIN or enhanced in _NOT_AS_THIS:
        return AccountRefused(
            f"Our mail server refused our login ({heard}), so nothing was sent: an admin must check the user and the "
            "password of the mailbox. Then send it again."
        )
    if _is_too_large(stage, code, enhanced, words, size, most):
        return too_large(size, most, vendor_code=enhanced or str(code))
    if stage is Stage.SENDER:
        return AccountRefused(
            f"Our mail server does not let {about} send ({heard}): an admin must allow it there. Then send it again."
        )
    if enhanced == _FULL or (code == 552 and stage is Stage.RECIPIENT and _says_nothing(enhanced)):
        return MessageRefused(
            f"The mailbox of {about} is full ({heard}): send it again later, or use another channel.",
            vendor_code=enhanced or str(code),
            resendable=True,
        )
    if stage is not Stage.FOR_ALL and is_gone(code, enhanced, words):
        return RecipientGone(f"There is no mailbox {about} ({heard}): ask the customer for another address.")
    return MessageRefused(
        f"The mail to {about} was refused ({heard}): change what is named there and send it again, or use another "
        "channel.",
        vendor_code=enhanced or str(code),
        resendable=True,
    )


def too_large(size: int, most: int | None, *, vendor_code: str | None = None) -> MessageRefused:
    """`size` and `most` are bytes on the wire, where files are a third larger than on a disk."""
    takes = f" and our mail server takes {most / _MB:.1f} MB" if most else ", which is more than the mail server takes"
    return MessageRefused(
        f"The mail has {size / _MB:.1f} MB with its files{takes}: send the files in several mails, or a link to them.",
        vendor_code=vendor_code,
    )


def _is_too_large(stage: Stage, code: int, enhanced: str, words: str, size: int, most: int | None) -> bool:
    """552 alone is said of large mails and of full mailboxes: the step, the size and the words tell."""
    if code != 552 or not _says_nothing(enhanced):
        return enhanced in _TOO_LARGE
    if stage is Stage.RECIPIENT:
        return False
    near = most is not None and size >= _NEARLY * most
    return stage is Stage.SENDER or near or _TOO_LARGE_WORDS.search(words[:_MOST_SAID]) is not None


def _says_nothing(enhanced: str) -> bool:
    return not enhanced or enhanced in _VAGUE


def is_gone(code: int, enhanced: str, words: str) -> bool:
    """Whether nobody is at an address. `code` 0 and `enhanced` "" where the server gave none.

    In doubt there is somebody: to who is gone nothing is sent any more. "Mailbox unavailable" is said of policies, too.
    """
    heard = words[:_MOST_SAID]
    if _BUSY_WORDS.search(heard):
        return False
    if enhanced and enhanced not in _VAGUE:
        return enhanced in _GONE
    return code in _GONE_CODES and _GONE_WORDS.search(heard) is not None
