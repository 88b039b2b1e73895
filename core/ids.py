"""Identifiers: time-ordered UUIDs (RFC 9562, version 7).

An index over them grows at its end, and a value has its id before it is saved.
"""

import os
import time
from uuid import UUID

__all__ = ["UUID", "new_id"]


def new_id() -> UUID:
    """A fresh UUIDv7: 48 bits of milliseconds since 1970, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)  # version
    value = (value & ~(0x3 << 62)) | (0x2 << 62)  # variant
    return UUID(int=value)
