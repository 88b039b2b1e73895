"""The files of a mail of ours, a piece at a time: the whole of one is never in memory.

What comes out is ready for the wire: lines of 76 letters, none of which is a lone dot.
"""

import re
from base64 import b64encode
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.policy import SMTP

from connectors.email.sending.fields import on_one_line
from core.messages import OutboundFile

_LINE = 57  # bytes that a line of 76 letters carries
_PIECE = _LINE * 1024
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,100}")
_MOST_NAME = 120  # letters
# A mail within a mail may not be encoded, so it goes as a file like any other.
_NEVER = ("message/", "multipart/")


def opening(file: OutboundFile) -> bytes:
    """The header of its part. Its type is what the desk found it to be, and its name is anybody's."""
    part = EmailMessage(policy=SMTP)
    kind = file.content_type.partition(";")[0].strip().lower()
    known = _TYPE.fullmatch(kind) and not kind.startswith(_NEVER)
    part["Content-Type"] = kind if known else "application/octet-stream"
    part["Content-Transfer-Encoding"] = "base64"
    name = on_one_line(re.sub(r"[/\\:]", "-", file.name))[-_MOST_NAME:].strip(" .-") or "file"
    part.add_header("Content-Disposition", "attachment", filename=name)
    return part.as_bytes()


def encoded_size(size: int) -> int:
    """Bytes on the wire of a file of so many bytes."""
    letters = (size + 2) // 3 * 4
    return letters + (letters + 75) // 76 * 2


async def encoded(file: OutboundFile) -> AsyncIterator[bytes]:
    """Its bytes in base64. Raises what `file.open` raises."""
    left = bytearray()
    async for chunk in file.open():
        left += chunk
        whole = len(left) // _PIECE * _PIECE
        for start in range(0, whole, _PIECE):
            yield _lines(bytes(left[start : start + _PIECE]))
        del left[:whole]
    if left:
        yield _lines(bytes(left))


def _lines(data: bytes) -> bytes:
    letters = b64encode(data)
    return b"".join(letters[start : start + 76] + b"\r\n" for start in range(0, len(letters), 76))
