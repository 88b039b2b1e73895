"""A person in the workspace: what they can do, and what they see.

Each thing they do reaches the application the way Slack sends it and comes back as a record. What they could not
do in Slack (press a button that is gone, submit an incomplete form) raises CannotDo, and nothing is sent.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from emulators.slack import forms, modals, payloads, posting, profiles, unfurling
from emulators.slack.channels import Channel, Json
from emulators.slack.delivery import Delivery
from emulators.slack.files import Upload
from emulators.slack.forms import CannotDo, NoSuchButton, SaysNothing
from emulators.slack.records import Interaction, Said
from emulators.slack.surfaces import Screen

if TYPE_CHECKING:
    from emulators.slack.workspace import Workspace

MOST_SHARED = 10  # files in one message


class Person:
    """One member of the workspace."""

    def __init__(
        self,
        workspace: "Workspace",
        user_id: str,
        name: str,
        email: str | None,
        real_name: str,
        *,
        is_bot: bool = False,
        tz: str = "Europe/Berlin",
        deleted: bool = False,
    ) -> None:
        self.workspace = workspace
        self.id, self.name, self.email, self.real_name = user_id, name, email, real_name
        self.is_bot, self.tz, self.deleted = is_bot, tz, deleted
        self.about: Json = {}  # what else Slack says of them, e.g. {"is_restricted": True} of a guest
        self.screen = Screen()

    def ephemerals(self) -> list[Json]:
        """The messages only they see, oldest first."""
        return list(self.screen.ephemerals)

    def modals(self) -> list[Json]:
        """The open views of their modal, the top one last."""
        return list(self.screen.modals)

    def home(self) -> Json | None:
        return self.screen.home

    async def say(self, channel: Channel | str, text: str, thread_ts: str | None = None) -> Said:
        """Write a message and wait for the first attempt to deliver it."""
        return await self._post(channel, posting.escaped(text), thread_ts)

    async def share(
        self, channel: Channel | str, files: Sequence[Upload], text: str = "", thread_ts: str | None = None
    ) -> Said:
        """Write a message with files, with or without words."""
        if not 1 <= len(files) <= MOST_SHARED:
            raise CannotDo(f"between 1 and {MOST_SHARED} files go into one message")
        room = self._writes_in(channel, thread_ts)
        shared = [self.workspace.files.add(each, self.id) for each in files]
        message = posting.person_message(self.workspace, self.id, posting.escaped(text), thread_ts)
        return await self._heard(message, posting.publish_files(self.workspace, room, message, shared))

    async def mention(self, channel: Channel | str, text: str, thread_ts: str | None = None) -> Said:
        """Write a message that begins with the app's name."""
        words = f"<@{self.workspace.bot_user}> {posting.escaped(text)}"
        return await self._post(channel, words, thread_ts)

    async def edit(self, channel: Channel | str, ts: str, text: str) -> Said:
        """Change a message of theirs. Raises CannotDo for anybody else's."""
        room = self._own(channel, ts)
        before = room.messages[ts]
        blocks = posting.person_message(self.workspace, self.id, posting.escaped(text), None)["blocks"]
        changes = {"text": posting.escaped(text), "blocks": blocks}
        delivery = posting.change(self.workspace, room, ts, changes, by=self.id)
        return await self._heard({**before, **room.messages[ts]}, delivery)

    async def delete(self, channel: Channel | str, ts: str) -> Said:
        """Delete a message of theirs. Raises CannotDo for anybody else's."""
        room = self._own(channel, ts)
        message = room.messages[ts]
        return await self._heard(message, posting.remove(self.workspace, room, ts))

    async def moderate(self, channel: Channel | str, ts: str) -> Said:
        """Delete anybody's message, as the workspace's admins may. Raises CannotDo where there is none."""
        room = self.workspace.channel(channel)
        message, _ = self._sees(room, ts)
        return await self._heard(message, posting.remove(self.workspace, room, ts))

    async def press(
        self,
        channel: Channel | str,
        ts: str,
        action_id: str,
        *,
        value: str | None = None,
        selected_option: Any = None,
        block_id: str | None = None,
        edited: str | None = None,
    ) -> Interaction:
        """Press a button (or choose `selected_option` in a menu) of a message as it stands now, or as they still saw
        it: edited at `edited`, "" being never.

        `value` picks one of several buttons with this action_id. Works on what only they see, too.
        Raises NoSuchButton, NoSuchOption.
        """
        room = self.workspace.channel(channel)
        message, private = self._sees(room, ts)
        if not private:
            message = room.as_seen(ts, edited)
        block, element = forms.find(message.get("blocks", []), action_id, block_id, value)
        done = payloads.action(self, block, element, selected_option if selected_option is not None else value)
        payload = payloads.pressed(self, room, message, done, private=private)
        return await self._interact(payload)

    async def press_in(
        self,
        view_id: str,
        action_id: str,
        *,
        value: Any = None,
        block_id: str | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> Interaction:
        """Press or choose something inside an open modal or on their home tab. `values`: what else they have entered by
        then; it stays in the view as long as its inputs do.

        Raises NoSuchButton, NoSuchOption; SaysNothing for an input that does not ask to be told of.
        """
        view = self._view(view_id)
        block, element = forms.find(view["blocks"], action_id, block_id, value if isinstance(value, str) else None)
        if block["type"] == "input" and not block.get("dispatch_action"):
            raise SaysNothing(f"{action_id!r} has no dispatch_action: the app hears of it when the form is submitted")
        chosen = {} if element["type"] == "button" else {action_id: value}
        entered = forms.so_far(view["blocks"], {**(values or {}), **chosen}, before=view["state"]["values"])
        view["state"] = {"values": self._handed_over(entered)}
        payload = payloads.interaction(self, "block_actions", stack=view["root_view_id"]) | {
            "container": {"type": "view", "view_id": view_id},
            "view": view,
            "actions": [payloads.action(self, block, element, value)],
        }
        return await self._interact(payload)

    async def submit(self, view_id: str, values: Mapping[str, Any] | None = None) -> Interaction:
        """Fill in an open modal and submit it. Raises FormIncomplete where Slack's client would refuse."""
        view = self._view(view_id)
        if view["type"] != "modal" or view.get("submit") is None:
            raise NoSuchButton("this view has no submit button")
        entered = forms.state(view["blocks"], values or {}, before=view["state"]["values"])
        filled = {**view, "state": {"values": self._handed_over(entered)}}
        payload = payloads.interaction(self, "view_submission", stack=view["root_view_id"]) | {
            "view": filled,
            "response_urls": [],
        }
        attempt = await self.workspace.courier.interaction(payload)
        if not attempt.acknowledged:
            return Interaction(payload, attempt, "failed", view=view)
        outcome, errors, shown = modals.carry_out(self.workspace, self, view, attempt.body)
        return Interaction(payload, attempt, outcome, errors, shown)

    async def close(self, view_id: str) -> Interaction | None:
        """Close a modal. The app hears of it only if it asked to (`notify_on_close`); else None."""
        view = self._view(view_id)
        modals.forget(self.workspace, self, [view])
        if not view["notify_on_close"]:
            return None
        payload = payloads.interaction(self, "view_closed") | {"view": view, "is_cleared": False}
        del payload["trigger_id"]
        return await self._interact(payload)

    async def suggestions(self, action_id: str, typed: str, *, view_id: str) -> list[Json]:
        """What an external menu in an open view offers once `typed` stands in it."""
        view = self._view(view_id)
        block, element = forms.find(view["blocks"], action_id, None, None)
        payload = payloads.interaction(self, "block_suggestion") | {
            "action_id": action_id,
            "block_id": block["block_id"],
            "value": typed,
            "container": {"type": "view", "view_id": view_id},
            "view": view,
        }
        if len(typed) < (element.get("min_query_length") or 0):
            return []
        attempt = await self.workspace.courier.interaction(payload)
        return list(attempt.body.get("options", [])) if isinstance(attempt.body, dict) else []

    async def open_home(self) -> Delivery | None:
        """Open the app's home tab and wait for the first attempt to tell the app."""
        event: Json = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": self.workspace.direct(self.id).id,
            "tab": "home",
            "event_ts": self.workspace.mint.ts(),
        }
        if self.screen.home is not None:
            event["view"] = self.screen.home
        delivery = self.workspace.event(event)
        if delivery is not None:
            await delivery.tried.wait()
        return delivery

    async def command(self, channel: Channel | str, command: str, text: str = "") -> Interaction:
        """Type a slash command. An answer in the acknowledgement is shown to them (or to the channel)."""
        room = self.workspace.channel(channel)
        payload = payloads.command(self, room, command, text)
        attempt = await self.workspace.courier.command(payload)
        body = {"text": attempt.body} if isinstance(attempt.body, str) else attempt.body
        if attempt.acknowledged and (body.get("text") or body.get("blocks")):
            self.workspace.responses.show(self.id, room, body)
        return Interaction(payload, attempt, "acknowledged" if attempt.acknowledged else "failed")

    async def message_shortcut(self, channel: Channel | str, ts: str, callback_id: str) -> Interaction:
        """Choose a shortcut in a message's menu."""
        room = self.workspace.channel(channel)
        message, _ = self._sees(room, ts)
        payload = payloads.interaction(self, "message_action") | {
            "callback_id": callback_id,
            "action_ts": self.workspace.mint.ts(),
            "message_ts": ts,
            "message": message,
            "channel": {"id": room.id, "name": room.name or "directmessage"},
            "response_url": self.workspace.responses.url(self.id, room.id, ts=ts),
        }
        return await self._interact(payload)

    async def shortcut(self, callback_id: str) -> Interaction:
        """Choose a global shortcut."""
        payload = payloads.interaction(self, "shortcut") | {
            "callback_id": callback_id,
            "action_ts": self.workspace.mint.ts(),
        }
        return await self._interact(payload)

    def _handed_over(self, state: Json) -> Json:
        """The state with files in place of what was chosen on the person's device."""
        for block in state.values():
            for name, entry in block.items():
                if entry["type"] == "file_input":
                    block[name] = {**entry, "files": [self._uploaded(each) for each in entry["files"]]}
        return state

    def _uploaded(self, chosen: Any) -> Json:
        """Slack's client uploads a file when it is chosen; `chosen` may be one that it has uploaded."""
        if isinstance(chosen, dict):
            return chosen
        file = self.workspace.files.add(chosen, self.id)
        file.in_form = True
        return dict(self.workspace.files.as_json(file))

    async def _post(self, channel: Channel | str, text: str, thread_ts: str | None) -> Said:
        room = self._writes_in(channel, thread_ts)
        message = posting.person_message(self.workspace, self.id, text, thread_ts)
        delivery = posting.publish(self.workspace, room, message)
        named = f"<@{self.workspace.bot_user}>" in text
        mention = posting.mentioned(self.workspace, room, message) if named and not room.is_im else None
        return await self._heard(message, delivery, mention, unfurling.tell(self.workspace, room, message))

    def _writes_in(self, channel: Channel | str, thread_ts: str | None) -> Channel:
        room = self.workspace.channel(channel)
        if self.id not in room.members or room.is_archived:
            raise CannotDo(f"{self.name} cannot write in {room.name}")
        if thread_ts is not None and thread_ts not in room.messages:
            raise CannotDo(f"no message {thread_ts} to answer in {room.name}")
        return room

    async def _heard(
        self,
        message: Json,
        delivery: Delivery | None,
        mention: Delivery | None = None,
        links: Delivery | None = None,
    ) -> Said:
        # Events that are held back have nobody to wait for.
        for each in (delivery, mention, links):
            if each is not None and not self.workspace.courier.holding:
                await each.tried.wait()
        return Said(message, delivery, mention, links)

    async def _interact(self, payload: Json) -> Interaction:
        attempt = await self.workspace.courier.interaction(payload)
        return Interaction(payload, attempt, "acknowledged" if attempt.acknowledged else "failed")

    def _own(self, channel: Channel | str, ts: str) -> Channel:
        room = self.workspace.channel(channel)
        if room.messages.get(ts, {}).get("user") != self.id:
            raise CannotDo(f"no message {ts} of {self.name} in {room.name}")
        return room

    def _sees(self, room: Channel, ts: str) -> tuple[Json, bool]:
        """The message with this ts as they see it, and whether only they do."""
        if self.id in room.members and ts in room.messages:
            return room.messages[ts], False
        for message in self.screen.ephemerals:
            if message["ts"] == ts:
                return message, True
        raise NoSuchButton(f"{self.name} sees no message {ts} in {room.name}")

    def _view(self, view_id: str) -> Json:
        home = [self.screen.home] if self.screen.home is not None else []
        for view in (*self.screen.modals, *home):
            if view["id"] == view_id:
                return view
        raise NoSuchButton(f"{self.name} has no view {view_id} open")

    def as_json(self) -> Json:
        """A user object, as the app may see it."""
        return profiles.as_json(self)
