"""Views (modals and home tabs), the triggers that open them, and what one person has on screen."""

from dataclasses import dataclass, field
from typing import Any

from emulators.slack.channels import Json

STACK_LIMIT = 3  # views in one modal


@dataclass(slots=True)
class Trigger:
    """The right to open one view for the person who just pressed something."""

    user: str
    until: float
    stack: str | None = None  # the root view it was pressed in
    used: bool = False


@dataclass(slots=True)
class Screen:
    """What one person sees beside the channels."""

    modals: list[Json] = field(default_factory=list)  # the stack, the top view last
    home: Json | None = None
    ephemerals: list[Json] = field(default_factory=list)


_KEPT = ("title", "submit", "close", "callback_id", "private_metadata", "external_id")
_FLAGS = ("clear_on_close", "notify_on_close", "submit_disabled")


def stored(view: Json, blocks: list[Json], fixed: dict[str, Any]) -> Json:
    """A view as Slack returns it: what the app sent, defaults filled in, and the fields that Slack owns."""
    kept: Json = {name: view.get(name) or ("" if "_" in name else None) for name in _KEPT}
    # Slack says of each plain text whether its :emoji: are shown.
    kept |= {name: {"emoji": True, **kept[name]} for name in ("title", "submit", "close") if kept[name]}
    flags = {name: bool(view.get(name, False)) for name in _FLAGS}
    return {"type": view["type"], **kept, **flags, "blocks": blocks, "state": {"values": {}}, **fixed}
