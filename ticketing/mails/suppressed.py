"""An address that takes no mail any more, as a value. What follows from it is in `suppression.py`."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Suppressed:
    """`address` is in lower case; `why` are the words of the server that refused it."""

    address: str
    why: str
    since: datetime
    message_id: UUID  # of ours, which came back
