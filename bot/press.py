"""A click, decoded once at the door. Pure. Who, where and on which view comes signed from Slack."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from bot.refs import ConversationRef, Ref, RunRef, StaleButton


@dataclass(frozen=True, slots=True)
class Press:
    """A click on a message: who, where, on what."""

    clicker: str
    channel: str
    thread_ts: str | None  # of the thread the message stands in; None for a card
    trigger_id: str
    value: str
    block: str = ""  # the name of the block it stands in
    view: str = ""  # the id of the view it stands in,
    view_hash: str = ""  # … as it was then
    on_home: bool = False  # that is their home tab
    response_url: str = ""
    is_private: bool = False  # only they see the message

    @classmethod
    def decode(cls, body: Mapping[str, Any]) -> Self:
        action = body["actions"][0]
        container = body.get("container", {})
        chosen = action.get("selected_option") or action
        view = body.get("view") or {}
        return cls(
            clicker=body["user"]["id"],
            channel=container.get("channel_id") or body.get("channel", {}).get("id", ""),
            thread_ts=_thread(container),
            trigger_id=body.get("trigger_id", ""),
            value=chosen.get("value") or "",
            block=action.get("block_id") or "",
            view=view.get("id", ""),
            view_hash=view.get("hash", ""),
            on_home=view.get("type") == "home",
            response_url=body.get("response_url") or "",
            is_private=bool(container.get("is_ephemeral")),
        )

    @property
    def is_direct(self) -> bool:
        """On a message in the app's conversation with the clicker, where nothing shows what their click has done."""
        return self.channel.startswith("D") and not self.is_private

    @property
    def ref(self) -> Ref:
        """Raises StaleButton."""
        return Ref.decode(self.value)

    @property
    def other_id(self) -> UUID | None:
        """What else a button on a ticket's screen is about: another ticket, a watcher. Raises StaleButton."""
        try:
            other = json.loads(self.value).get("o")
            return UUID(other) if other is not None else None
        except (TypeError, ValueError, AttributeError) as error:
            raise StaleButton from error

    @property
    def message_id(self) -> UUID:
        """The message that a button in a thread was drawn for. Raises StaleButton."""
        try:
            return UUID(json.loads(self.value)["m"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StaleButton from error

    @property
    def run(self) -> RunRef:
        """What the AI does, which a button was drawn for. Raises StaleButton."""
        return RunRef.decode(self.value)

    @property
    def approval_id(self) -> UUID:
        """The request that a button in a thread was drawn for. Raises StaleButton."""
        try:
            return UUID(json.loads(self.value)["p"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StaleButton from error

    @property
    def move_id(self) -> UUID:
        """The move of how far the AI goes that a button was drawn for. Raises StaleButton."""
        try:
            return UUID(json.loads(self.value)["u"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StaleButton from error

    @property
    def call_id(self) -> UUID:
        """The call of an action that a button was drawn for. Raises StaleButton."""
        try:
            return UUID(json.loads(self.value)["h"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StaleButton from error

    @property
    def conversation_id(self) -> UUID:
        """Of a ticket's card or of a light card. Raises StaleButton."""
        return ConversationRef.decode(self.value).conversation_id

    @property
    def choice(self) -> str:
        """What was chosen in a menu. Raises StaleButton."""
        try:
            return str(json.loads(self.value)["a"])
        except (KeyError, TypeError, ValueError) as error:
            raise StaleButton from error


def _thread(container: Mapping[str, Any]) -> str | None:
    """A card with replies names itself as its thread; its clicker is looking at the channel."""
    root: str | None = container.get("thread_ts")
    return None if root == container.get("message_ts") else root
