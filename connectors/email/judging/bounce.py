"""Mails that tell of mails that did not arrive: of which recipient, whether for good, and which mail of ours it was."""

import email
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import policy

from flufl.bounce import all_failures

from connectors.email.judging.words import BOUNCE_SUBJECTS, ROBOT_NAMES
from connectors.email.mail import Failure, Mail

# It logs a traceback for each mail that it cannot read.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)

_MOST = 50  # recipients
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])|(?<!\d)(4[25]\d|55[0-9])(?=[ -])")
_MESSAGE_ID = re.compile(r"^[> ]{0,4}message-id:\s{0,5}<([^<>\s]{3,300})>", re.I | re.M)
_LOOKED_AT = 20_000  # letters of the text


@dataclass(frozen=True, slots=True)
class Bounce:
    """`hard`: at least one recipient has not got the mail, and will not. `message_id`: of our mail, if known."""

    failures: tuple[Failure, ...]
    message_id: str | None
    reasons: tuple[str, ...]

    @property
    def hard(self) -> bool:
        return any(failure.for_good for failure in self.failures)

    @property
    def addresses(self) -> frozenset[str]:
        """Those who have not got the mail, and will not; whether there is still somebody is another question."""
        return frozenset(each.recipient.lower() for each in self.failures if each.recipient and each.for_good)


def bounce(mail: Mail) -> Bounce | None:
    """None for a mail that is none."""
    if mail.report and (mail.report.kind == "delivery-status" or (mail.report.recipients and not mail.report.kind)):
        told = tuple(mail.report.recipients)
        original = mail.report.message_id or _original(mail)
        return Bounce(told, original, (f"it is a delivery report: {_told(told)}",))
    if not _looks_like_one(mail):
        return None
    found = _by_its_words(mail)
    if not found and not _is_from_robot(mail):
        return None
    words = "it is from a mail server that tells of a failure" + (f": {_told(found)}" if found else "")
    return Bounce(found, _original(mail), (words,))


def _told(failures: Iterable[Failure]) -> str:
    words = [
        " ".join(part for part in (each.recipient or "somebody", each.action or "failed", each.status) if part)
        for each in failures
    ]
    return ", ".join(words[:5]) + (" and more" if len(words) > 5 else "") if words else "of nobody by name"


def _is_from_robot(mail: Mail) -> bool:
    names = ((each.address or each.name or "").partition("@")[0].lower().strip() for each in mail.sender)
    return any(name in ROBOT_NAMES for name in names) and (
        _has_subject(mail) or bool(mail.headers.raw("x-failed-recipients"))
    )


def _has_subject(mail: Mail) -> bool:
    return any(words in mail.subject.lower() for words in BOUNCE_SUBJECTS)


def _looks_like_one(mail: Mail) -> bool:
    """Worth a look at its words. People answer bounces, too: "Re: Undeliverable" from an address is theirs."""
    no_return = mail.headers.has("return-path") and not mail.headers.raw("return-path").strip("<> ")
    robot = any(
        (each.address or each.name or "").partition("@")[0].lower().strip() in ROBOT_NAMES for each in mail.sender
    )
    answers = bool(mail.in_reply_to) and mail.subject.lower().startswith("re:")
    known = mail.headers.has("x-failed-recipients")
    return known or robot or ((no_return or not mail.sender) and not answers) or (_has_subject(mail) and not answers)


def _by_its_words(mail: Mail) -> tuple[Failure, ...]:
    """Of servers that keep to no standard, by their own words. Only the beginning of the mail is looked at."""
    words = mail.text[:_LOOKED_AT]
    status = _status(words)
    known = [each.strip() for each in mail.headers.raw("x-failed-recipients").split(",") if "@" in each]
    if known:
        return tuple(Failure(each[:320], "failed", status, "") for each in known[:_MOST])
    try:
        message = email.message_from_bytes(mail.opening, policy=policy.compat32)
        del message["From"]  # where it names nobody, a pattern of the library's fails and the others are not tried
        message["From"] = next((each.address for each in mail.sender if each.address), "nobody@nowhere.invalid")
        soft, hard = all_failures(message)
    except Exception:  # two libraries on a stranger's bytes (RecursionError for one): then it is not known who failed
        return ()
    found = [(_address(each), "failed") for each in hard] + [(_address(each), "delayed") for each in soft]
    return tuple(Failure(address, action, status, "") for address, action in sorted(found)[:_MOST] if "@" in address)


def _address(found: bytes | str) -> str:
    return (found.decode("utf-8", "replace") if isinstance(found, bytes) else found)[:320]


def _status(words: str) -> str:
    found = _STATUS.search(words)
    if not found:
        return ""
    return found[1] or f"{found[2][0]}.0.0"


def _original(mail: Mail) -> str | None:
    """Which mail of ours it was: out of the mail that came back, or of the words."""
    for file in mail.attachments:
        if file.content_type not in {"message/rfc822", "text/rfc822-headers"}:
            continue
        if found := _MESSAGE_ID.search(file.content[:_LOOKED_AT].decode("latin_1").replace("\r\n", "\n")):
            return found[1]
    found = _MESSAGE_ID.search(mail.text[:_LOOKED_AT])
    if found:
        return found[1]
    return mail.in_reply_to[0] if mail.in_reply_to else (mail.references[-1] if mail.references else None)
