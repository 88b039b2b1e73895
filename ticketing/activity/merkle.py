"""A Merkle tree over a checkpoint's heads, shaped as in RFC 6962: one hash stands for all, and a short path proves one.

Leaves and inner nodes are hashed differently, so that neither can pass for the other.
"""

import hashlib
from collections.abc import Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf(content: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + content).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """All levels, the leaves first. Where a level's number is odd, its last one is carried up as it is."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        levels = [list(leaves)]
        while len(levels[-1]) > 1:
            below = levels[-1]
            above = [_node(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)]
            levels.append(above + below[2 * len(above) :])
        self._levels = levels

    @property
    def root(self) -> bytes:
        return self._levels[-1][0] if self._levels[0] else EMPTY_ROOT

    def path(self, place: int) -> list[bytes]:
        """What, beside the leaf at this place (from 0), makes the root."""
        path = []
        for level in self._levels[:-1]:
            beside = place ^ 1
            if 0 <= beside < len(level):
                path.append(level[beside])
            place //= 2
        return path


def root_of(content: bytes, place: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root of the tree of `size` leaves that has this one at `place`; None if the path does not fit such a tree."""
    if not 0 <= place < size:
        return None
    made, left = leaf(content), list(reversed(path))
    while size > 1:
        if place ^ 1 < size:
            if not left:
                return None
            beside = left.pop()
            made = _node(beside, made) if place % 2 else _node(made, beside)
        place, size = place // 2, (size + 1) // 2
    return None if left else made
