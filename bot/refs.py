"""What the buttons and menus that we draw carry, and read back. Pure.

A convenience, and never proof of anything: the desk looks everything up and decides by the database.
"""

import json
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from core.errors import Refused


class StaleButton(Refused):
    """The button or form comes from another version of Threadline."""

    def __init__(self) -> None:
        super().__init__("This button is from an older version of Threadline. Use the newest card of the ticket.")


@dataclass(frozen=True, slots=True)
class Ref:
    """The ticket a button was drawn for, its conversation, and the version that was on the card."""

    ticket_id: UUID
    conversation_id: UUID
    version: int

    def encode(self, **more: str) -> str:
        """As a button's value: about 110 characters, within the 150 of a menu's option."""
        value = {"t": str(self.ticket_id), "c": str(self.conversation_id), "v": self.version, **more}
        return json.dumps(value, separators=(",", ":"))

    @classmethod
    def decode(cls, value: object) -> Self:
        """Raises StaleButton."""
        try:
            given = json.loads(value) if isinstance(value, str) else value
            return cls(UUID(given["t"]), UUID(given["c"]), int(given["v"]))  # type: ignore[index]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StaleButton from error


@dataclass(frozen=True, slots=True)
class ConversationRef:
    """The conversation a button was drawn for, and its version. A ticket's reference names its conversation too."""

    conversation_id: UUID
    version: int

    def encode(self, **more: str) -> str:
        """As a button's value: about 70 characters."""
        return json.dumps({"c": str(self.conversation_id), "v": self.version, **more}, separators=(",", ":"))

    @classmethod
    def decode(cls, value: object) -> Self:
        """Raises StaleButton."""
        try:
            given = json.loads(value) if isinstance(value, str) else value
            return cls(UUID(given["c"]), int(given["v"]))  # type: ignore[index]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StaleButton from error


@dataclass(frozen=True, slots=True)
class CustomerRef:
    """The customer a button or a form of a profile was drawn for, and the version that was shown."""

    customer_id: UUID
    version: int
    other_id: UUID | None = None  # of a merge: who is absorbed; of its undo: the merge
    other_version: int = 0

    def encode(self) -> str:
        """As a button's value, or as what a form carries."""
        value: dict[str, object] = {"k": str(self.customer_id), "v": self.version}
        more = {"o": str(self.other_id), "w": self.other_version} if self.other_id else {}
        return json.dumps(value | more, separators=(",", ":"))

    @classmethod
    def decode(cls, value: str) -> Self:
        """Raises StaleButton."""
        try:
            given = json.loads(value)
            other = UUID(given["o"]) if "o" in given else None
            return cls(UUID(given["k"]), int(given["v"]), other, int(given.get("w", 0)))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StaleButton from error


@dataclass(frozen=True, slots=True)
class RunRef:
    """What the AI does with a ticket, and the page of it that is to be shown."""

    run_id: UUID
    ticket_id: UUID
    page: int = 0

    def encode(self) -> str:
        """As a button's value."""
        value: dict[str, object] = {"r": str(self.run_id), "t": str(self.ticket_id)}
        return json.dumps(value | ({"p": self.page} if self.page else {}), separators=(",", ":"))

    @classmethod
    def decode(cls, value: str) -> Self:
        """Raises StaleButton."""
        try:
            given = json.loads(value)
            return cls(UUID(given["r"]), UUID(given["t"]), int(given.get("p", 0)))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StaleButton from error


def message_value(message_id: UUID) -> str:
    """The value of a button that is about one message."""
    return json.dumps({"m": str(message_id)}, separators=(",", ":"))


def approval_value(approval_id: UUID) -> str:
    """The value of a button that is about a request for approval."""
    return json.dumps({"p": str(approval_id)}, separators=(",", ":"))


def call_value(call_id: UUID) -> str:
    """The value of a button that is about a call of an action."""
    return json.dumps({"h": str(call_id)}, separators=(",", ":"))


def move_value(move_id: UUID) -> str:
    """The value of a button that is about a move of how far the AI goes."""
    return json.dumps({"u": str(move_id)}, separators=(",", ":"))
