"""response_url: an interaction's own address, good for five answers within thirty minutes."""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulators.slack.blocks import message_problems, with_ids
from emulators.slack.channels import Channel, Json
from emulators.slack.posting import bot_message, change, publish, remove

if TYPE_CHECKING:
    from emulators.slack.workspace import Workspace

USES = 5
SECONDS = 30 * 60


@dataclass(slots=True)
class _Address:
    user: str
    channel: str
    ts: str | None  # the message that was acted on, if any
    thread_ts: str | None
    until: float
    left: int = USES


class Responses:
    """The addresses handed out so far, and what is done with an answer to one of them."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._addresses: dict[str, _Address] = {}

    def url(self, user: str, channel: str, *, ts: str | None = None, thread_ts: str | None = None) -> str:
        key = secrets.token_hex(12)
        until = self._workspace.clock() + SECONDS
        self._addresses[key] = _Address(user, channel, ts, thread_ts, until)
        return f"{self._workspace.base_url}/_response/{key}"

    def answer(self, key: str, body: Json) -> tuple[int, Json | str]:
        """What Slack answers: status and body. Refusals come as plain words with 404 or 500, as on the real one."""
        address = self._addresses.get(key)
        if address is None:
            return 404, {"ok": False, "error": "invalid_response_url"}
        if address.left == 0 or self._workspace.clock() > address.until:
            return 404, {"ok": False, "error": "used_url" if address.left == 0 else "expired_url"}
        if body.get("blocks") and (problems := message_problems(body["blocks"], self._workspace.files.refused)):
            return 400, {"ok": False, "error": "invalid_blocks", "response_metadata": {"messages": problems}}
        if not (body.get("text") or body.get("blocks") or body.get("attachments") or body.get("delete_original")):
            return 400, {"ok": False, "error": "no_text"}
        address.left -= 1
        self.show(address.user, self._workspace.channels[address.channel], body, ts=address.ts, root=address.thread_ts)
        return 200, {"ok": True}

    def show(self, user: str, channel: Channel, body: Json, *, ts: str | None = None, root: str | None = None) -> None:
        """Carry out an answer, also one that came in the body of a command's acknowledgement."""
        if body.get("delete_original") or body.get("replace_original"):
            self._rework(user, channel, ts, body)
            return
        content = {name: body[name] for name in ("text", "attachments") if body.get(name)}
        if body.get("blocks"):
            content["blocks"] = with_ids(body["blocks"])
        thread = body.get("thread_ts") or root
        message = bot_message(self._workspace, {"text": "", **content, **({"thread_ts": thread} if thread else {})})
        if body.get("response_type") == "in_channel":
            publish(self._workspace, channel, message)
        else:
            self._workspace.people[user].screen.ephemerals.append(
                {**message, "is_ephemeral": True, "channel": channel.id}
            )

    def _rework(self, user: str, channel: Channel, ts: str | None, body: Json) -> None:
        """Replace or delete the message that was acted on: one in the channel, or one only this person sees."""
        changes: Json = {
            "text": body.get("text", ""),
            "blocks": with_ids(body["blocks"]) if body.get("blocks") else None,
        }
        if ts in channel.messages:
            if body.get("delete_original"):
                remove(self._workspace, channel, ts)
            else:
                change(self._workspace, channel, ts, changes, by=self._workspace.bot_user)
            return
        shown = self._workspace.people[user].screen.ephemerals
        for index, message in enumerate(shown):
            if message["ts"] == ts:
                if body.get("delete_original"):
                    del shown[index]
                else:
                    merged = {**message, **changes}
                    shown[index] = {name: value for name, value in merged.items() if value is not None}
                return
