"""multipart/report (RFC 3462, 3464, 8098): what another server says became of a mail of ours."""

from collections.abc import Iterator

from connectors.email.mail import Failure, Report
from connectors.email.reading.headers import Headers, headers
from connectors.email.reading.ids import ids, message_id
from connectors.email.reading.parts import Part

_MOST = 200  # recipients in one report
_STATUS = {"message/delivery-status", "message/global-delivery-status"}
_ORIGINAL = {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "text/rfc822"}
_WORDS = 500  # letters of another server's words


def report(root: Part) -> Report | None:
    """What a report says; None for a mail that is none."""
    containers = (part for part in root.walk() if part.kind == "multipart/report" or part.is_container)
    top = next((part for part in containers if part.kind == "multipart/report"), None)
    inside = tuple((top or root).walk())
    if top is None and not any(part.kind in _STATUS for part in inside):
        return None
    kind = (top.parameters.get("report-type", "") if top else "").lower()
    kinds = [part.kind.partition("/")[2] for part in inside if part.kind in _STATUS or "notification" in part.kind]
    found = tuple(failure for part in inside if part.kind in _STATUS for failure in _failures(part))
    return Report(kind or (kinds[0] if kinds else ""), found[:_MOST], _original(inside))


def _failures(part: Part) -> Iterator[Failure]:
    """One for each block of fields that names a recipient; the first block is about the message."""
    # Some servers make the blocks parts of their own.
    content = part.content()[0].replace(b"\r\n", b"\n")[: 1 << 20]
    at = 0
    for _ in range(2 * _MOST):
        while content[at : at + 1] == b"\n":
            at += 1
        if at >= len(content):
            return
        fields, after, _ = headers(content, at, len(content))
        if after <= at:
            return
        at = after
        if fields.has("final-recipient") or fields.has("original-recipient") or fields.has("action"):
            yield _failure(fields)


def _failure(fields: Headers) -> Failure:
    # The address that we wrote to goes before the one that it was forwarded to.
    recipient = fields.text("original-recipient") or fields.text("final-recipient")
    return Failure(
        recipient=recipient.rpartition(";")[2].strip().strip("<>")[:320] or None,
        action=fields.text("action").strip().lower()[:20],
        status=fields.text("status").split(" ")[0][:20],
        diagnostic=fields.text("diagnostic-code").partition(";")[2].strip()[:_WORDS]
        or fields.text("diagnostic-code")[:_WORDS],
    )


def _original(inside: tuple[Part, ...]) -> str | None:
    for part in inside:
        if part.kind in _ORIGINAL:
            content = part.content()[0]
            fields, _, _ = headers(content, 0, min(len(content), 1 << 20))
            if found := message_id(fields.raw("message-id")):
                return found
        elif "notification" in part.kind:
            content = part.content()[0]
            fields, _, _ = headers(content, 0, min(len(content), 1 << 16))
            if known := ids(fields.raw("original-message-id")):
                return known[0]
    return None
