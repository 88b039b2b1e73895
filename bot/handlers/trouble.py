"""A bug or an outage inside a listener. Events are refused, so that Slack sends them again; people are told."""

import json
import logging
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.door import Door
from bot.intents import Field, Form
from bot.press import Press
from bot.submission import Submission
from bot.views.notice import WENT_WRONG, notice
from core.errors import ChannelError

# Words that must not be lost are in these.
_TYPED = {
    **dict.fromkeys((Form.REPLY, Form.COMMENT, Form.ANSWER, Form.REJECT, Form.ASK), Field.TEXT),
    Form.CREATE: Field.SUBJECT,
    Form.NEW_TICKET: Field.SUBJECT,
    Form.ASSIGN: Field.ASSIGNEE,  # what was chosen from here on took a search
    Form.HAND_OFF: Field.NOTE,
    Form.OWNER: Field.OWNER,
    Form.DUE: Field.DUE,
    Form.TAGS: Field.TAGS,
    Form.WATCHERS: Field.WATCHER,
    Form.LINKS: Field.LINKED,
    Form.FIND_DUPLICATE: Field.DUPLICATE,
}
_log = logging.getLogger(__name__)


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.error
    async def went_wrong(error: Exception, body: dict[str, Any]) -> BoltResponse:
        kind = body.get("type")
        _log.error("a listener failed on %s", kind, exc_info=error)
        if kind == "view_submission":
            typed = _TYPED.get(body["view"].get("callback_id"))
            at_the_text = {
                "response_action": "errors",
                "errors": {Submission.decode(body).block_of(typed): WENT_WRONG} if typed else {},
            }
            shown = json.dumps(at_the_text if typed else {"response_action": "update", "view": notice(WENT_WRONG)})
            return BoltResponse(status=200, body=shown, headers={"content-type": ["application/json"]})
        if "command" in body:
            return BoltResponse(status=200, body=WENT_WRONG)
        in_form = (body.get("view") or {}).get("type") == "modal"  # which stays as it is, with what was typed
        if (kind == "block_actions" and not in_form) or kind in ("shortcut", "message_action"):
            return BoltResponse(status=200 if await _told(door, body) else 500, body="")
        return BoltResponse(status=500, body="")


async def _told(door: Door, body: dict[str, Any]) -> bool:
    """False where Slack cannot be reached either: then it shows by itself that the click failed."""
    try:
        if body.get("type") == "block_actions":
            await door.tell(Press.decode(body), WENT_WRONG)
        else:
            await door.slack.open_view(body["trigger_id"], notice(WENT_WRONG))
    except ChannelError:
        return False
    return True
