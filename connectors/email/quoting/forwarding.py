"""Who wrote what a mail passes on: the sender in the header block of a forwarded message, in every language of labels.

A block is text, and whoever wrote the text chose it. So one counts only where somebody of the forwarder's own domain
wrote it down: of what a colleague passed on to a colleague that is the innermost, and a stranger who puts a block into
a mail of theirs cannot name somebody else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connectors.email import limits
from connectors.email.mail import Address, Mail
from connectors.email.quoting.blocks import header_block
from connectors.email.quoting.marks import is_quoted, is_rule, label, passes_on, separator
from connectors.email.quoting.pieces import Kind
from connectors.email.reader import read
from connectors.email.reading.addresses import addresses

_MOST = 10  # messages within each other
_MAILS = frozenset({"message/rfc822", "message/global"})


@dataclass(frozen=True, slots=True)
class PassedOn:
    """Somebody's message in a mail of somebody else's."""

    sender: Address  # with an address
    words: str  # without those of who passed it on


def passed_on(mail: Mail) -> PassedOn | None:
    """None: it passes nothing on, or does not say by address whose it is."""
    domain = _domain(next(iter(mail.sender), None))
    found = None
    for name, words in _messages(mail):
        sender = _one(name)
        found = PassedOn(sender, words) if sender is not None else None
        if domain is None or _domain(sender) != domain:
            break
    return found or _attached(mail)


def _attached(mail: Mail) -> PassedOn | None:
    """Of a mail that is passed on as a file, which is as much its forwarder's word as a block is."""
    files = [each for each in mail.attachments if each.content_type in _MAILS]
    if len(files) != 1 or mail.split.forwarded is not None or not passes_on(mail.subject):
        return None
    inner = read(files[0].content)
    named = [each for each in inner.sender if each.address]
    return PassedOn(named[0], inner.reply_text) if len(named) == 1 else None


def _one(name: str) -> Address | None:
    """The one person whom a block names. Of several nobody is the sender."""
    named = [each for each in addresses(name.strip()) if each.address]
    return named[0] if len(named) == 1 else None


def _domain(person: Address | None) -> str | None:
    return person.address.rpartition("@")[2] if person and person.address else None


def _messages(mail: Mail) -> Iterator[tuple[str, str]]:
    """The sender as its block names them, and the words; the outermost message first, as long as each says that it
    passes the next one on.
    """
    if mail.split.forwarded is None:
        return
    text = "".join(piece.text for piece in mail.split.pieces if piece.kind is Kind.FORWARDED)
    *lines, rest = [f"{line}\n" for line in text.split("\n", limits.INTRODUCTIONS)]
    at, goes_on = 0, True
    for _ in range(_MOST):
        found = _next_block(lines, at, goes_on=goes_on)
        if found is None:
            return
        fields, at = found
        yield fields.get("from", ""), _plain([*lines[at:], rest], quoted=is_quoted(lines[at - 1]))
        goes_on = passes_on(fields.get("subject", ""))


def _plain(lines: Sequence[str], *, quoted: bool) -> str:
    """Apple quotes what it passes on, block and words."""
    said = [line.lstrip().removeprefix(">").removeprefix(" ") for line in lines] if quoted else lines
    return "".join(said).strip("\n ")


def _next_block(lines: Sequence[str], at: int, *, goes_on: bool) -> tuple[dict[str, str], int] | None:
    """The block of the next message that is passed on, and where it ends. `goes_on`: the subject above said so."""
    announced = False
    for each in range(at, len(lines)):
        line = lines[each]
        if (kind := separator(line)) or is_rule(line):
            announced = True
            goes_on = goes_on or kind == "forwarded"
            if kind == "original" and not goes_on:
                return None
        elif label(line) is not None:
            block = header_block(lines, each, is_announced=announced)
            if block is not None:
                return (dict(block.fields), _end(lines, each)) if goes_on else None
        elif line.strip():
            announced = False
    return None


def _end(lines: Sequence[str], at: int) -> int:
    """Behind the lines of a block that begins there."""
    while at < len(lines) and label(lines[at]) is not None:
        at += 1
    return at
