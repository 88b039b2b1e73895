"""Names for things, in the form Slack gives them.

People and channels keep their id when the emulator is restarted (it is derived from their name), so that an
application with a database still knows them. Everything that an application may use to tell deliveries apart is
unlike that of any other run.
"""

import base64
import hashlib
import itertools
import secrets
from collections.abc import Callable


def lasting(prefix: str, name: str) -> str:
    """The same id for the same name, always."""
    digest = hashlib.blake2b(f"{prefix}:{name}".encode(), digest_size=10).digest()
    return prefix + base64.b32encode(digest).decode()[:10].replace("=", "0")


class Mint:
    """Hands out fresh ids and message timestamps. Timestamps never repeat and never go back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._run = secrets.token_hex(3).upper()
        self._next = itertools.count(1)
        self._last = 0

    def id(self, prefix: str) -> str:
        return f"{prefix}{self._run}{next(self._next):05X}"

    def secret(self) -> str:
        return f"{next(self._next)}.{secrets.token_hex(8)}"

    def ts(self) -> str:
        """The present as Slack writes it: seconds, a dot, six digits."""
        micro = max(int(self._clock() * 1_000_000), self._last + 1)
        self._last = micro
        return f"{micro // 1_000_000}.{micro % 1_000_000:06d}"
