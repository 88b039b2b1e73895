"""The text of a mail apart: what was written this time, what is quoted, signed or passed on.

Line by line, in one pass forward: each line is looked at a bounded number of times, so no mail takes longer than its
length asks for. In doubt a line counts as written: what is shown too much is a nuisance, what is hidden is a lost word.
"""

from collections.abc import Sequence

from connectors.email import limits
from connectors.email.quoting.blocks import Block, header_block
from connectors.email.quoting.inline import settle_quotes
from connectors.email.quoting.marks import (
    introduction,
    is_marker,
    is_quoted,
    is_rule,
    label,
    may_introduce,
    passes_on,
    separator,
)
from connectors.email.quoting.pieces import Forwarded, Kind, Piece, Split
from connectors.email.quoting.signatures import mark_signatures
from connectors.email.reading.dates import instant
from connectors.email.reading.html_text import HINT, MARKS

_NEAR = 6  # lines between a mailer's hint, or a rule, and the quote


def split(text: str, *, subject: str = "") -> Split:
    """Take a text apart; its pieces put together are the text, without the marks that html_text may have left in it.

    `subject` is the mail's: of a header block it tells whether the message below is answered or passed on.
    """
    marked = _lines(text)
    hints = {at for at, line in enumerate(marked) if HINT in line} if HINT in text else set()
    lines = [MARKS.sub("", line) for line in marked] if hints or MARKS.search(text) else marked
    kinds = [Kind.QUOTED if is_quoted(line) else Kind.WRITTEN for line in lines]
    below = _below(lines, kinds, hints, forwards=passes_on(subject))
    end = below.first if below else len(lines)
    if below:
        kinds[end:] = [Kind.FORWARDED if below.forwards else Kind.QUOTED] * (len(lines) - end)
    mark_signatures(lines, kinds, end)
    settle_quotes(lines, kinds, end)
    _keep_something(lines, kinds)
    return Split(_pieces(lines, kinds), _forwarded(below) if below and below.forwards else None)


def _lines(text: str) -> list[str]:
    """With their line breaks. What comes after very many is taken as one."""
    *whole, last = text.split("\n", limits.LINES)
    return [*(f"{line}\n" for line in whole), *([last] if last else [])]


def _below(lines: Sequence[str], kinds: list[Kind], hints: set[int], *, forwards: bool) -> Block | None:
    """Where an earlier message begins that goes on to the end. Introductions of quotes in between are marked."""
    following = _next_written(lines)
    looks = blocks = limits.INTRODUCTIONS
    for at in range(len(lines)):
        if kinds[at] is Kind.QUOTED or (at not in hints and lines[at].isspace()):
            if is_marker(lines[at]) and (found := _under_marker(lines, kinds, at)):
                return found
            continue
        if is_marker(lines[at]) and (found := _under_marker(lines, kinds, at)):
            return found
        labelled = label(lines[at]) is not None
        blocks -= labelled
        if found := _begins(lines, at, is_labelled=labelled and blocks > 0, forwards=forwards):
            return found
        if at in hints and (found := _hinted(lines, kinds, at)):
            return found
        quote_follows = following[at] < len(lines) and kinds[following[at]] is Kind.QUOTED
        if looks and may_introduce(lines[at], is_followed_by_quote=quote_follows):
            looks -= 1
            if found := _introduced(lines, kinds, at, following[at] if quote_follows else None):
                return found
    return None


def _next_written(lines: Sequence[str]) -> list[int]:
    """For each line the next one that is not blank."""
    found, last = [0] * len(lines), len(lines)
    for at in range(len(lines) - 1, -1, -1):
        found[at] = last
        if not lines[at].isspace():
            last = at
    return found


def _begins(lines: Sequence[str], at: int, *, is_labelled: bool, forwards: bool) -> Block | None:
    """A separator, or a block of headers as Outlook writes it."""
    if kind := separator(lines[at]):
        block = header_block(lines, at + 1, is_announced=True)
        return Block(at, block.fields if block else {}, forwards=kind == "forwarded")
    if not is_labelled:
        return None
    first = _with_rule(lines, at)
    block = header_block(lines, at, is_announced=first < at)
    return Block(first, block.fields, forwards=forwards) if block else None


def _with_rule(lines: Sequence[str], at: int) -> int:
    """With the line of dashes above, which belongs to the block."""
    above = next((each for each in range(at - 1, max(-1, at - _NEAR), -1) if not lines[each].isspace()), None)
    return at if above is None or not is_rule(lines[above]) else above


def _hinted(lines: Sequence[str], kinds: list[Kind], at: int) -> Block | None:
    """Where a mailer's HTML says so. Up to the quoted lines that follow soon, if any, else to the end."""
    for near in range(at, min(at + _NEAR, len(lines))):
        if kinds[near] is Kind.QUOTED:
            kinds[at:near] = [Kind.QUOTED] * (near - at)
            return None
    return Block(at, {}, forwards=False)


def _introduced(lines: Sequence[str], kinds: list[Kind], at: int, quote: int | None) -> Block | None:
    """A sentence that says who wrote what follows: quoted lines from `quote` on, or else all of it."""
    first = introduction(lines, at, is_followed_by_quote=quote is not None)
    if first is None:
        return None
    if quote is None:
        return Block(first, {}, forwards=False)
    kinds[first:quote] = [Kind.QUOTED] * (quote - first)
    return None


def _under_marker(lines: Sequence[str], kinds: list[Kind], at: int) -> Block | None:
    """All from our own line on, with what introduces it. None where somebody has written only below it."""
    first = at
    while first > 0 and (kinds[first - 1] is Kind.QUOTED or lines[first - 1].isspace()):
        first -= 1
    if not any(kinds[above] is Kind.WRITTEN and not lines[above].isspace() for above in range(first)):
        return None
    found = introduction(lines, first - 1, is_followed_by_quote=True) if first else None
    return Block(first if found is None else found, {}, forwards=False)


def _keep_something(lines: Sequence[str], kinds: list[Kind]) -> None:
    """A mail of nothing but a signature is a message: "-- Max" may be all that somebody wrote."""
    shown = any(kind in (Kind.WRITTEN, Kind.FORWARDED) and lines[at].strip() for at, kind in enumerate(kinds))
    if not shown and Kind.QUOTED not in kinds:
        kinds[:] = [Kind.WRITTEN] * len(kinds)


def _pieces(lines: Sequence[str], kinds: Sequence[Kind]) -> tuple[Piece, ...]:
    found: list[Piece] = []
    start = 0
    for at in range(1, len(lines) + 1):
        if at == len(lines) or kinds[at] is not kinds[start]:
            text = "".join(lines[start:at])
            found += [Piece(kinds[start], text)] if text else []
            start = at
    return tuple(found)


def _forwarded(block: Block) -> Forwarded:
    said = block.fields
    date = said.get("date", "")
    return Forwarded(said.get("from", ""), said.get("subject", ""), date, instant(date))
