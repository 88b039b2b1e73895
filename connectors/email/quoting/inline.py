"""Answers between the lines of a quote: the quote is then what gives them their meaning, and stays."""

from collections.abc import Sequence

from connectors.email.quoting.pieces import Kind


def settle_quotes(lines: Sequence[str], kinds: list[Kind], end: int) -> None:
    """Of the lines before `end`: show those quotes after which somebody goes on to write.

    Not where the whole answer stands below one quote, as people did when the net was young: that quote is only old.
    """
    written = [at for at in range(end) if kinds[at] is Kind.WRITTEN and not lines[at].isspace()]
    if not written:
        return
    quoted = [at for at in range(written[-1]) if kinds[at] is Kind.QUOTED]
    if not quoted or quoted[-1] < written[0]:
        return
    for at in quoted:
        kinds[at] = Kind.WRITTEN
