"""Signed checkpoints: who holds the key says of many streams at once how far each had come, and goes on from the last.

A checkpoint names the heads that changed since the one before, by the root of a Merkle tree over them, and how many
streams and records all checkpoints together have seen. It holds the digest of the one before, so that none can be taken
out, and an Ed25519 signature, so that nobody makes one without the key.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ticketing.activity import merkle
from ticketing.activity.chain import GENESIS, Head
from ticketing.activity.record import Stream

EVERY = timedelta(hours=1)
LATE = timedelta(hours=2)  # no clock that works leaves so long between two of them
_PURPOSE = b"threadline audit checkpoint 1\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`size` heads are covered by this one; `streams` and `records` were by all up to this one.

    `left_out`: streams that were not covered because their chain did not hold.
    """

    number: int  # 1, 2, 3, …
    at: datetime
    previous: str  # digest of the checkpoint before; 64 zeros for the first
    size: int
    root: str  # hex
    streams: int
    records: int
    left_out: int
    key: str  # the public key, hex
    digest: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Covered:
    """A head as a checkpoint saw it, at its place among that checkpoint's heads. `path` proves it alone."""

    number: int
    place: int
    head: Head
    path: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """What is worth noting of a checkpoint outside the database: `NUMBER:DIGEST`."""

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"

    @classmethod
    def of(cls, words: str) -> "Witness":
        """Raises ValueError."""
        number, _, digest_ = words.strip().partition(":")
        if len(digest_) != len(GENESIS):
            raise ValueError("a witness is a checkpoint's number, a colon and its digest")
        return cls(int(number), digest_)


def leaf_content(stream: Stream, head: Head) -> bytes:
    return _canonical([stream.kind, str(stream.id), head.seq, head.hash])


def digest(checkpoint: Checkpoint) -> str:
    """SHA-256 (hex) over all but the digest and the signature."""
    content = {
        "number": checkpoint.number,
        "at": checkpoint.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "previous": checkpoint.previous,
        "size": checkpoint.size,
        "root": checkpoint.root,
        "streams": checkpoint.streams,
        "records": checkpoint.records,
        "left_out": checkpoint.left_out,
        "key": checkpoint.key,
    }
    return hashlib.sha256(_canonical(content)).hexdigest()


def proves(checkpoint: Checkpoint, covered: Covered, stream: Stream) -> bool:
    """Whether the path of `covered` leads from this stream's head to what was signed."""
    try:
        path = [bytes.fromhex(each) for each in covered.path or ()]
    except ValueError:
        return False
    root = merkle.root_of(leaf_content(stream, covered.head), covered.place, checkpoint.size, path)
    return root is not None and root.hex() == checkpoint.root


class Signer:
    """The private key. Whoever has it can make checkpoints; whoever has `public` can check them."""

    def __init__(self, secret: bytes) -> None:
        """`secret`: of any length, hard to guess. The same one makes the same key."""
        seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret)
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw().hex()

    def sign(self, checkpoint: Checkpoint) -> Checkpoint:
        """With this key, its digest and its signature."""
        made = replace(checkpoint, key=self.public)
        made = replace(made, digest=digest(made))
        return replace(made, signature=self._key.sign(_PURPOSE + bytes.fromhex(made.digest)).hex())


def is_signed(checkpoint: Checkpoint) -> bool:
    """Whether the signature is that of the checkpoint's own `key` over its `digest`. Whose key it is, is not asked."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(checkpoint.key))
        key.verify(bytes.fromhex(checkpoint.signature), _PURPOSE + bytes.fromhex(checkpoint.digest))
    except (InvalidSignature, ValueError):
        return False
    return True


def following(before: Checkpoint | None, *, at: datetime) -> Checkpoint:
    """The next one, not yet covering anything or signed. A clock that is behind makes no checkpoint older."""
    if before is None:
        return Checkpoint(1, at, GENESIS, 0, merkle.EMPTY_ROOT.hex(), 0, 0, 0, key="")
    return Checkpoint(
        before.number + 1,
        max(at, before.at),
        before.digest,
        0,
        merkle.EMPTY_ROOT.hex(),
        before.streams,
        before.records,
        0,
        key="",
    )


def _canonical(content: object) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
