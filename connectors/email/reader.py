"""Any bytes to a Mail."""

from collections.abc import Sequence

from connectors.email import limits
from connectors.email.mail import Attachment, Invitation, Mail
from connectors.email.quoting.pieces import Split
from connectors.email.quoting.split import split
from connectors.email.reading.addresses import addresses
from connectors.email.reading.bodies import Bodies, bodies
from connectors.email.reading.calendar import invitation
from connectors.email.reading.charsets import decode
from connectors.email.reading.dates import instant
from connectors.email.reading.headers import Headers, headers
from connectors.email.reading.html_text import HINT
from connectors.email.reading.ids import ids, message_id
from connectors.email.reading.parts import Part, parts
from connectors.email.reading.reports import report
from connectors.email.reading.text import Text, alternatives, text_of
from connectors.email.reading.tnef import Tnef, is_tnef, tnef

_MESSAGES = {"message/rfc822", "message/global"}


def read(raw: bytes) -> Mail:
    """Read a mail as it came over the wire or lies in a file. Raises nothing, whatever the bytes are.

    What is wrong with it stands in `defects`. Takes time and memory in proportion to `raw`, of which at most
    limits.RAW bytes are read.
    """
    root, defects = parts(raw)
    sorted_parts = bodies(root)
    files = [_file(part, inline, defects) for part, inline in sorted_parts.files]
    text = text_of(sorted_parts.passages, {file.content_id for file in files if file.content_id})
    files = _unwrapped(files, text)
    _look_into_armour(sorted_parts, text)
    subject = root.headers.text("subject")[: limits.SUBJECT]
    apart = _apart(text, subject)
    fields = root.headers
    if not fields.fields:
        defects.append("there are no headers")
    return Mail(
        headers=fields,
        message_id=message_id(fields.raw("message-id")),
        in_reply_to=ids(fields.raw("in-reply-to")),
        references=ids(fields.raw("references")),
        sender=addresses(fields.raw("from")),
        to=addresses(", ".join(fields.raws("to"))),
        cc=addresses(", ".join(fields.raws("cc"))),
        reply_to=addresses(fields.raw("reply-to")),
        date=instant(fields.raw("date")),
        subject=subject,
        text=apart.text,
        split=apart,
        html=text.html,
        blocked_images=text.blocked_images,
        attachments=(*files, *text.files),
        invitation=_invitation(sorted_parts.calendars),
        report=report(root),
        protection=sorted_parts.protection,
        defects=tuple(dict.fromkeys([*defects, *_odd(fields), *text.defects])),
        opening=raw[: limits.BOUNCE],
    )


def _apart(text: Text, subject: str) -> Split:
    """The text in pieces. Where its own words show no quote, and the HTML of the same text has one marked, by that."""
    found = split(text.text, subject=subject)
    if found.quoted or found.forwarded or HINT not in text.laid_out:
        return found
    marked = split(text.laid_out, subject=subject)
    return marked if marked.quoted and marked.written else found


def _odd(fields: Headers) -> list[str]:
    found = []
    if not addresses(fields.raw("from")):
        found.append("nobody is named as its sender")
    if fields.has("date") and instant(fields.raw("date")) is None:
        found.append("its date cannot be read")
    found += [
        f"the header {name} is there more than once: the first one counts"
        for name in ("from", "subject", "message-id", "date", "reply-to")
        if len(fields.raws(name)) > 1
    ]
    return found


def _file(part: Part, inline: bool, defects: list[str]) -> Attachment:
    content, defect = part.content()
    if part.kind in _MESSAGES and not part.headers.raw("content-transfer-encoding"):
        content = part.encoded
    if defect and defect not in defects:
        defects.append(defect)
    name = part.name[: limits.NAME * 5] if part.name else None
    if name is None and part.kind in _MESSAGES:
        inner, _, _ = headers(content, 0, min(len(content), limits.HEADER))
        name = f"{inner.text('subject')[: limits.NAME] or 'message'}.eml"
    content_id = next(iter(ids(part.headers.raw("content-id"))), None) or part.headers.raw("content-id").strip("<> ")
    return Attachment(_short(name), part.kind, content, inline, content_id[: limits.ID] or None)


def _short(name: str | None) -> str | None:
    """A longer one keeps its end, which says what it is."""
    return name[-limits.NAME :].strip() or None if name else None


def _unwrapped(files: Sequence[Attachment], text: Text) -> list[Attachment]:
    """What lies in a winmail.dat in its place, and its text where the mail has no other."""
    found: list[Attachment] = []
    for file in files:
        inside = tnef(file.content) if is_tnef(file.content) else Tnef()
        words = "" if text.text.strip() else "\n".join(alternatives(inside.text, inside.html))
        if words.strip():
            text.text = words[: limits.TEXT]
        if not inside.files and not words.strip():
            found.append(file)
        found += [
            Attachment(
                _short(each.name),
                (each.content_type or "application/octet-stream").lower(),
                each.content,
                inline=each.content_id is not None,
                content_id=each.content_id,
            )
            for each in inside.files
        ]
    return found


def _look_into_armour(found: Bodies, text: Text) -> None:
    start = text.text[:1000]
    if "-----BEGIN PGP MESSAGE-----" in start:
        found.protection = found.protection or "encrypted"
    elif "-----BEGIN PGP SIGNED MESSAGE-----" in start:
        found.protection = found.protection or "signed"


def _invitation(calendars: Sequence[Part]) -> Invitation | None:
    for part in calendars:
        words, _ = decode(part.content()[0][:200_000], part.parameters.get("charset"))
        return invitation(words, part.parameters.get("method", ""))
    return None
