"""What came of calling an action: a value that can be kept, and says what happens next."""

from dataclasses import dataclass, field
from enum import StrEnum

from threadline.values import Json


class OutcomeKind(StrEnum):
    DONE = "done"
    NOT_FOUND = "not_found"  # there is no such thing
    REFUSED = "refused"  # the other side, or a rule, said no; nothing was done
    UNAVAILABLE = "unavailable"  # it may be asked again with the same key: either nothing was done, or it is idempotent
    UNKNOWN = "unknown"  # it may have been done, and asking again could do it twice: a person decides
    INVALID = "invalid"  # the arguments are not what the action takes; it was not called
    FAILED = "failed"  # the action itself is broken: an admin has to look


@dataclass(frozen=True, slots=True)
class Outcome:
    """`value` is the result as it is stored, if it was done; `words` are for people, if it was not.

    `perhaps_done`: of a write, whichever its kind: this try may have done it. Whoever gives up after that says so.
    """

    kind: OutcomeKind
    value: Json = field(default=None, hash=False)
    words: str = ""
    retry_after: float | None = None  # seconds, where the other side named a time
    took_ms: int = 0
    perhaps_done: bool = False
