"""A text in pieces. Put together again they are the text, letter by letter."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a piece of a mail's text is."""

    WRITTEN = "written"
    QUOTED = "quoted"  # an earlier message, with the line that introduces it
    SIGNATURE = "signature"
    FORWARDED = "forwarded"  # another message that this one passes on: it is news, not a quote


SHOWN = frozenset({Kind.WRITTEN, Kind.FORWARDED})


@dataclass(frozen=True, slots=True)
class Piece:
    """Some whole lines, with their line breaks."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Forwarded:
    """Whom and what a forwarded message came from, as its forwarder's mailer wrote it down."""

    sender: str  # "Max Muster <max@shop.example>"; "" where it does not say
    subject: str
    date: str  # as written: such dates have no zone and any language
    at: datetime | None = None  # where the date could be read


@dataclass(frozen=True, slots=True)
class Split:
    """A text apart. `pieces` follow each other without gaps."""

    pieces: tuple[Piece, ...] = ()
    forwarded: Forwarded | None = None

    @property
    def text(self) -> str:
        """All of it, as it was."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def written(self) -> str:
        """What is shown at once, without blank lines at its ends."""
        return "".join(piece.text for piece in self.pieces if piece.kind in SHOWN).strip("\n ")

    @property
    def quoted(self) -> str:
        """The earlier messages in it, without blank lines at their ends."""
        return "".join(piece.text for piece in self.pieces if piece.kind is Kind.QUOTED).strip("\n ")

    @property
    def signature(self) -> str:
        """Without blank lines at its ends."""
        return "".join(piece.text for piece in self.pieces if piece.kind is Kind.SIGNATURE).strip("\n ")
