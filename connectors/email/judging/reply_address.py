"""An address that says which conversation an answer belongs to: desk+t.<conversation>.<signature>@shop.example.

Signed, or anybody could write into any conversation by counting. Letters of either case are the same, because mail
servers on the way change them.
"""

import hmac
import re
from base64 import b32decode, b32encode
from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

_SIGNATURE = 16  # letters of base32: 80 bits, and each guess takes a mail
_LOCAL = 64  # letters before the @, says RFC 5321
_SHORTEST_SECRET = 16  # bytes
_NAME = re.compile(r"[a-z0-9]{1,40}")
_ID = re.compile(r"[a-z2-7]{26}")
_TOKEN = re.compile(r"\+t\.([a-z0-9]{1,40})\.([a-z2-7]{16})$")


def reply_address(desk: str, conversation: str, *, secret: bytes) -> str:
    """`desk` with the conversation in it, which is of letters and digits.

    Raises ValueError where the address would be too long for mail servers, or the secret too short for anybody.
    """
    local, _, domain = desk.rpartition("@")
    name = conversation.lower()
    if not _NAME.fullmatch(name):
        raise ValueError("a conversation is named by up to 40 letters and digits")
    signed = f"{local}+t.{name}.{_signature(name, secret)}"
    if len(signed) > _LOCAL:
        raise ValueError(f"{desk} is too long to carry a conversation: mail servers take {_LOCAL} letters before the @")
    return f"{signed}@{domain}"


def conversation_of(address: str, *, secrets: Sequence[bytes]) -> str | None:
    """The conversation that we signed an address for, with any of the secrets; None for every other address."""
    local, _, _ = address.lower().rpartition("@")
    found = _TOKEN.search(local[-(_LOCAL + 1) :])
    if not found:
        return None
    # All are compared, each in constant time: how long it takes tells nobody how near a guess was.
    right = [hmac.compare_digest(_signature(found[1], secret), found[2]) for secret in secrets]
    return found[1] if any(right) else None


def name_of(conversation: UUID) -> str:
    """What a conversation is named by in an address: 26 letters, so that there is room for the desk's own name."""
    return b32encode(conversation.bytes).decode("ascii").lower().rstrip("=")


def named(name: str) -> UUID | None:
    """The conversation of a name; None where it is not one of ours."""
    if not _ID.fullmatch(name):
        return None
    return UUID(bytes=b32decode(f"{name.upper()}======"))


def _signature(name: str, secret: bytes) -> str:
    if len(secret) < _SHORTEST_SECRET:
        raise ValueError(f"a secret of fewer than {_SHORTEST_SECRET} bytes can be guessed")
    digest = hmac.new(secret, b"reply-address:" + name.encode(), sha256).digest()
    return b32encode(digest).decode("ascii").lower()[:_SIGNATURE]
