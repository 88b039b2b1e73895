"""A submitted form, decoded once at the door, and what a form carries from its opening until then. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Self
from uuid import UUID

from bot.refs import ConversationRef, Ref, StaleButton
from bot.wire import remote_files
from core.messages import RemoteFile

_VERSION = 1  # of private_metadata
_TURN = "~"
_INITIAL = {"initial_value": "value", "initial_option": "selected_option", "initial_options": "selected_options"}


def private_metadata(ref: Ref, number: int, *, seen: datetime | None = None, **said: str) -> str:
    """What a modal carries from its opening to its submission. Not secret: Slack shows it to nobody but keeps it.

    `seen` is the instant up to which its reader knows what happened; `said` is whatever else it is to remember.
    """
    ticket = {"t": str(ref.ticket_id), "c": str(ref.conversation_id), "v": ref.version}
    metadata = {"v": _VERSION, "ticket": ticket, "number": number}
    more = {"seen": seen.isoformat()} if seen else {}
    return json.dumps({**metadata, **more, **said}, separators=(",", ":"))


def renewed(field: str, turn: int) -> str:
    """The block of an input that the app fills in anew: in one of the same name, Slack keeps what was typed."""
    return f"{field}{_TURN}{turn}" if turn else str(field)


def entry_metadata(entry_id: UUID) -> str:
    """What a modal about one entry of a thread carries."""
    return json.dumps({"v": _VERSION, "entry": str(entry_id)}, separators=(",", ":"))


def approval_metadata(approval_id: UUID) -> str:
    """What a modal about a request for approval carries."""
    return json.dumps({"v": _VERSION, "approval": str(approval_id)}, separators=(",", ":"))


def conversation_metadata(ref: ConversationRef, *, seen: datetime | None = None) -> str:
    """The same for a modal about a conversation without a ticket."""
    metadata = {"v": _VERSION, "conversation": {"c": str(ref.conversation_id), "v": ref.version}}
    more = {"seen": seen.isoformat()} if seen else {}
    return json.dumps(metadata | more, separators=(",", ":"))


def _values(view: Mapping[str, Any]) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """What the form holds. Of a form that was changed while it was open, Slack may leave out inputs that nobody has
    touched since (slackapi/bolt-js#1258): they hold what they were drawn with.
    """
    given: Mapping[str, Mapping[str, Mapping[str, Any]]] = (view.get("state") or {}).get("values") or {}
    return {**_drawn_with(view), **given}


def _drawn_with(view: Mapping[str, Any]) -> dict[str, Mapping[str, Mapping[str, Any]]]:
    found: dict[str, Mapping[str, Mapping[str, Any]]] = {}
    for block in view.get("blocks") or []:
        element = block.get("element") or {}
        held = {name: element[initial] for initial, name in _INITIAL.items() if element.get(initial)}
        if block.get("type") == "input" and held:
            found[block["block_id"]] = {element["action_id"]: {"type": element["type"], **held}}
    return found


@dataclass(frozen=True, slots=True)
class Submission:
    """A submitted modal, or one that was closed."""

    person: str
    view_id: str
    metadata: str
    values: Mapping[str, Mapping[str, Mapping[str, Any]]]

    @classmethod
    def decode(cls, body: Mapping[str, Any]) -> Self:
        view = body["view"]
        return cls(body["user"]["id"], view["id"], view.get("private_metadata", ""), _values(view))

    @property
    def ref(self) -> Ref:
        """Raises StaleButton."""
        return Ref.decode(self._carried("ticket"))

    @property
    def conversation_id(self) -> UUID:
        """Of a modal about a conversation without a ticket. Raises StaleButton."""
        return ConversationRef.decode(self._carried("conversation")).conversation_id

    def _carried(self, name: str) -> object:
        try:
            given = json.loads(self.metadata)
            if given["v"] != _VERSION:
                raise StaleButton
            return given[name]
        except (KeyError, TypeError, ValueError) as error:
            raise StaleButton from error

    @property
    def entry(self) -> UUID:
        """The entry of a thread that the form is about. Raises StaleButton."""
        try:
            return UUID(json.loads(self.metadata)["entry"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StaleButton from error

    @property
    def approval_id(self) -> UUID:
        """The request for approval that the form is about. Raises StaleButton."""
        try:
            return UUID(str(self._carried("approval")))
        except ValueError as error:
            raise StaleButton from error

    @property
    def seen(self) -> datetime | None:
        """Up to when the form's reader knows what happened; None: the form does not say. Raises StaleButton."""
        try:
            given = json.loads(self.metadata).get("seen")
            return datetime.fromisoformat(given).astimezone(UTC) if given is not None else None
        except (TypeError, ValueError, AttributeError) as error:
            raise StaleButton from error

    def said(self, name: str) -> str:
        """What else the form remembers under this name; "" for nothing. Raises StaleButton."""
        try:
            return str(json.loads(self.metadata).get(name) or "")
        except (TypeError, ValueError, AttributeError) as error:
            raise StaleButton from error

    @property
    def request(self) -> str:
        """The name of this pressing of Submit: a view can be submitted successfully once only."""
        return f"slack:{self.view_id}"

    def text(self, field: str) -> str:
        """What was typed; "" where nothing was."""
        return str(self._entry(field).get("value") or "")

    def chosen(self, field: str) -> str:
        """The value of the option chosen in a menu. Raises StaleButton where the form has no such field."""
        option = self._entry(field).get("selected_option")
        if not isinstance(option, Mapping):
            raise StaleButton
        return str(option["value"])

    def chosen_or(self, field: str, otherwise: str) -> str:
        option = self._entry(field).get("selected_option")
        return str(option["value"]) if isinstance(option, Mapping) else otherwise

    def user(self, field: str) -> str:
        """The Slack id of who was picked. Raises StaleButton where nobody was."""
        if not (user := self._entry(field).get("selected_user")):
            raise StaleButton
        return str(user)

    def day(self, field: str) -> date:
        """Raises StaleButton where none was picked."""
        try:
            return date.fromisoformat(self._entry(field).get("selected_date"))  # type: ignore[arg-type]
        except (TypeError, ValueError) as error:
            raise StaleButton from error

    def files(self, field: str) -> list[RemoteFile]:
        """What was put into a field for files; they are in Slack."""
        return remote_files(self._entry(field).get("files"))

    def ticked(self, field: str) -> list[UUID]:
        """What the ticked boxes stand for. Raises StaleButton."""
        try:
            return [UUID(option["value"]) for option in self._entry(field).get("selected_options") or []]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StaleButton from error

    def boxes(self, field: str) -> frozenset[str]:
        """The values of the ticked boxes; nothing where none is."""
        return frozenset(str(option["value"]) for option in self._entry(field).get("selected_options") or [])

    def time_of_day(self, field: str) -> time | None:
        """None: none was chosen. Raises StaleButton."""
        try:
            chosen = self._entry(field).get("selected_time")
            return time.fromisoformat(chosen) if chosen else None
        except (TypeError, ValueError) as error:
            raise StaleButton from error

    def asks(self, field: str) -> bool:
        return self.block_of(field) in self.values

    def block_of(self, field: str) -> str:
        """The block in which it is asked for: its own name, or its name and a number (`renewed`)."""
        if field in self.values:
            return field
        return next((name for name in self.values if name.partition(_TURN)[0] == field), field)

    def turn(self, field: str) -> int:
        """How often the app has filled it in so far."""
        number = self.block_of(field).partition(_TURN)[2]
        return int(number) if number.isdecimal() else 0

    def _entry(self, field: str) -> Mapping[str, Any]:
        return self.values.get(self.block_of(field), {}).get(field, {})
