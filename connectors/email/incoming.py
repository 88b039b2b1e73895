"""What a mail means for the desk: a customer's message, news of a mail of ours, or nothing that anybody has to read.

Pure. Who may be answered and what belongs where is judged here from the mail alone; what the desk knows decides later.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from urllib.parse import unquote, urlsplit
from uuid import UUID

from connectors.email.judging.authenticity import Proof, authenticity
from connectors.email.judging.bounce import Bounce
from connectors.email.judging.kind import BY_HAND, MailKind, asked_for, judge
from connectors.email.judging.ours import Ours
from connectors.email.judging.reply_address import named
from connectors.email.judging.thread import Candidate, Hint, candidates
from connectors.email.mail import Address, Attachment, Failure, Mail
from connectors.email.quoting.forwarding import passed_on
from connectors.email.reader import read
from connectors.email.sending.refusals import is_gone
from core.messages import Delivery, DeliveryReport, Inbound, Letter, Party, Received, RemoteFile, SetAside

CHANNEL = "email"
_MOST_PARTIES = 50  # recipients that are kept of a mail
_SMALL_PICTURE = 6_000  # bytes: the logos and icons of signatures, which nobody wants to see as files
_OUR_ID = re.compile(r"threadline\.([0-9a-f]{32})@(.+)", re.I)
# "550 5.1.1 No such user", "550-5.1.1 …": what the other server said, in a delivery report.
_SAID = re.compile(r"\s*(?:([245]\d\d)[\s-]+)?(?:#?([245]\.\d{1,3}\.\d{1,3})(?![\d.]))?")
_ENCRYPTED = "[This mail is encrypted, and nobody here can read it. Ask its sender to write without encryption.]"


def parse(url: str, raw: bytes, ours: Ours, *, secrets: Sequence[bytes], by_hand: bool = False) -> tuple[Received, ...]:
    """What the mail says. `url` tells which mailbox took it; `by_hand`: somebody says that it is a person's.

    Raises nothing, whatever the bytes are.
    """
    mail, account = read(raw), _account(url)
    judgement = BY_HAND if by_hand else judge(mail, ours)
    why = judgement.reasons[0]
    if judgement.bounce is not None:
        believed = authenticity(mail, ours).proof is not Proof.FAILED
        return tuple(_reports(judgement.bounce, believed=believed)) or (_aside(mail, account, why),)
    sender = next((each for each in (*mail.sender, *mail.reply_to) if each.address), None)
    if sender is None:
        return (_aside(mail, account, "nobody is named as its sender"),)
    in_our_name = ours.owns(sender.address)
    writer = asked_for(mail, ours) if in_our_name else sender
    if judgement.kind is MailKind.OWN or writer is None:
        why = f"it is from {sender.address}, which is an address of ours" if by_hand else why
        return (_aside(mail, account, why),)
    event = sha256(raw).hexdigest()
    others = (each for each in mail.reply_to if each.address and not ours.owns(each.address))
    answer_to = writer if in_our_name else next(others, writer)
    whole = _clean(mail.text)
    text = _clean(mail.reply_text) or (_ENCRYPTED if mail.protection == "encrypted" else "")
    letter = _letter(mail, ours, writer, event, secrets)
    letter = replace(
        letter,
        verified=letter.verified and not in_our_name,
        proof=f"sent in the name of {_clean(sender.address or '')}" if in_our_name else letter.proof,
        automatic=None if judgement.opens_ticket else _clean(why),
        unanswerable=letter.unanswerable if judgement.answerable else _clean(why),
        whole=whole if whole.strip() != text.strip() else None,
    )
    return (
        Inbound(
            fingerprint(mail),
            CHANNEL,
            account,
            (answer_to.address or "").lower(),
            answer_to.name or writer.name,
            text,
            mail.date,
            files=tuple(files(mail, event)),
            letter=letter,
        ),
    )


def fingerprint(mail: Mail) -> str:
    """The same for every copy of one mail, however it came; another one for mails that share an id by mistake."""
    said = (
        mail.message_id or "",
        *(each.address or "" for each in mail.sender),
        mail.headers.raw("date"),
        mail.subject,
        mail.text,
        *(sha256(each.content).hexdigest() for each in mail.attachments),
    )
    return sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()


def files(mail: Mail, event: str) -> Iterator[RemoteFile]:
    """Those that people want to see, by where they lie within the event."""
    for place, each in enumerate(mail.attachments):
        if not _is_decoration(each):
            yield RemoteFile(f"{event}#{place}", _clean(each.name or "") or None, _clean(each.content_type), each.size)


def enclosed(raw: bytes, place: str) -> tuple[str | None, bytes] | None:
    """The file that `files` found there: its claimed type and its bytes."""
    attachments = read(raw).attachments
    if not place.isascii() or not place.isdecimal() or int(place) >= len(attachments):
        return None
    return attachments[int(place)].content_type, attachments[int(place)].content


def _is_decoration(file: Attachment) -> bool:
    return file.inline and file.content_type.startswith("image/") and file.size < _SMALL_PICTURE


def _account(url: str) -> str:
    """The mailbox, out of imap://support@shop.example/INBOX;… or smtp://support@shop.example/"""
    return unquote(urlsplit(url).netloc).lower()


def _letter(mail: Mail, ours: Ours, sender: Address, event: str, secrets: Sequence[bytes]) -> Letter:
    found = candidates(mail, secrets=secrets)
    proof = authenticity(mail, ours)
    answers = [*mail.references, *(each for each in mail.in_reply_to if each not in mail.references)]
    passed = passed_on(mail)
    return Letter(
        _clean(mail.message_id or "") or None,
        _clean(mail.subject),
        _party(sender),
        event,
        to=_parties(mail.to, ours),
        cc=_parties(mail.cc, ours),
        conversation=_conversation(found),
        ours=tuple(_our_messages(answers, ours)),
        references=tuple(_clean(each) for each in answers),
        number=_number(found),
        verified=proof.proof is Proof.VERIFIED,
        proof=_clean(proof.why) if ours.authserv_id else "",
        # What says that nobody is there would go to whoever was made out to be its sender.
        unanswerable=f"it may be forged ({_clean(proof.why)})" if proof.proof is Proof.FAILED else None,
        forwarded=_party(passed.sender) if passed and not ours.owns(passed.sender.address) else None,
        passed_on=_clean(passed.words) if passed else None,
    )


def _conversation(found: Sequence[Candidate]) -> UUID | None:
    return next((named(each.value) for each in found if each.hint is Hint.ADDRESS and named(each.value)), None)


def _our_messages(answers: Sequence[str], ours: Ours) -> Iterator[UUID]:
    """The nearest first. An id of ours names the message that it was given to."""
    domains = {each.rpartition("@")[2].lower() for each in ours.addresses}
    for each in reversed(answers):
        if (mine := _OUR_ID.fullmatch(each)) and mine[2].lower() in domains:
            yield UUID(mine[1])


def _number(found: Sequence[Candidate]) -> int | None:
    written = next((each.value for each in found if each.hint is Hint.SUBJECT), None)
    digits = re.search(r"[0-9]+$", written) if written else None
    return int(digits[0]) if digits else None


def _parties(people: Sequence[Address], ours: Ours) -> tuple[Party, ...]:
    named_ones = {each.address.lower(): each for each in people if each.address and not ours.owns(each.address)}
    return tuple(_party(each) for each in list(named_ones.values())[:_MOST_PARTIES])


def _party(person: Address) -> Party:
    return Party(_clean(person.address or ""), _clean(person.name or "") or None)


def _reports(bounce: Bounce, *, believed: bool) -> Iterator[DeliveryReport]:
    if bounce.message_id is None:
        return
    known = _OUR_ID.fullmatch(bounce.message_id)
    for each in bounce.failures:
        if each.for_good and each.recipient:
            yield DeliveryReport(
                _clean(bounce.message_id),
                UUID(known[1]) if known else None,
                Delivery.FAILED,
                error_code=_clean(each.status) or None,
                error=_clean(_words(each)),
                resendable=True,
                bounced=_clean(each.recipient).lower(),
                gone=believed and _is_gone(each),
            )


def _is_gone(failure: Failure) -> bool:
    """By the rule for what servers tell us themselves: a full mailbox, a mail too large and a policy pass."""
    if failure.status.startswith("4"):
        return False
    said = _SAID.match(failure.diagnostic)
    code, enhanced = said.groups() if said else (None, None)
    return is_gone(int(code or 0), enhanced or failure.status, failure.diagnostic)


def _words(failure: Failure) -> str:
    said = failure.diagnostic or failure.status
    return f"{failure.recipient} could not be reached" + (f": {said[:300]}" if said else ".")


def _aside(mail: Mail, account: str, why: str) -> SetAside:
    sender = next((each.address for each in mail.sender if each.address), "")
    return SetAside(CHANNEL, account, _clean(sender or ""), _clean(why))


def _clean(text: str) -> str:
    """As the database can hold it."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
