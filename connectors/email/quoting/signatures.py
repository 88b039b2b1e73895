"""Signatures: what stands below two dashes, and the line that a telephone adds."""

from collections.abc import Sequence

from connectors.email.quoting.marks import is_mobile_signature, is_rule, is_signature_mark
from connectors.email.quoting.pieces import Kind

_LINES = 10  # that are not blank, below "--"
_LINES_BELOW_MARK = 40  # below "-- ", which means nothing else
_MOST = 20  # places that are looked at


def mark_signatures(lines: Sequence[str], kinds: list[Kind], end: int) -> None:
    """Mark the signatures of the lines before `end`. Quotes have been marked already."""
    marks = [at for at in range(end) if kinds[at] is Kind.WRITTEN and is_signature_mark(lines[at])]
    for at in marks[-_MOST:]:
        below = _reach(kinds, at, end)
        length = sum(not lines[each].isspace() for each in range(at + 1, below))
        # The dashes also part the sections of a letter: then more follows, or nothing stands above them.
        most = _LINES_BELOW_MARK if lines[at].rstrip("\r\n") == "-- " else _LINES
        if length <= most and _is_written_above(lines, kinds, at):
            kinds[at:below] = [Kind.SIGNATURE] * (below - at)
    _mark_mobile(lines, kinds, end)


def _reach(kinds: Sequence[Kind], at: int, end: int) -> int:
    return next((below for below in range(at + 1, end) if kinds[below] is not Kind.WRITTEN), end)


def _is_written_above(lines: Sequence[str], kinds: Sequence[Kind], at: int) -> bool:
    return any(kinds[above] is Kind.WRITTEN and not lines[above].isspace() for above in range(at - 1, -1, -1))


def _mark_mobile(lines: Sequence[str], kinds: list[Kind], end: int) -> None:
    """The last line of each stretch that somebody wrote, and a rule above it."""
    last, looks = None, _MOST
    for at in range(end + 1):
        inside = at < end and kinds[at] is Kind.WRITTEN
        if inside and not lines[at].isspace():
            last = at
        elif not inside and last is not None:
            looks -= 1
            if looks >= 0 and is_mobile_signature(lines[last]):
                first = last - 1 if last and is_rule(lines[last - 1]) else last
                kinds[first:at] = [Kind.SIGNATURE] * (at - first)
            last = None
