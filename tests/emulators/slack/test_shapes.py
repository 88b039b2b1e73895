"""Answers have every field that Slack's documentation gives them, of the right kind. The shapes are written by us."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from emulators.slack import Channel, Person, Workspace
from tests.corpora.shapes import differences

TEXT = {"type": "plain_text", "text": "", "emoji": True}
NOTE = {"value": "", "creator": "", "last_set": 0}
PROFILE: dict[str, Any] = {
    **dict.fromkeys(("title", "phone", "real_name", "display_name", "first_name", "last_name", "email", "team"), ""),
    **dict.fromkeys(("real_name_normalized", "display_name_normalized", "avatar_hash"), ""),
    **dict.fromkeys(("status_text", "status_emoji", "image_24", "image_48", "image_72", "image_512"), ""),
    "status_expiration": 0,
}
USER: dict[str, Any] = {
    **dict.fromkeys(("id", "team_id", "name", "color", "real_name", "tz", "tz_label"), ""),
    **dict.fromkeys(("deleted", "is_admin", "is_owner", "is_primary_owner", "is_restricted"), False),
    **dict.fromkeys(("is_ultra_restricted", "is_bot", "is_app_user", "is_email_confirmed"), False),
    **dict.fromkeys(("tz_offset", "updated"), 0),
    "profile": PROFILE,
}
CHANNEL: dict[str, Any] = {
    **dict.fromkeys(("id", "name", "name_normalized", "creator", "context_team_id"), ""),
    **dict.fromkeys(("is_channel", "is_group", "is_im", "is_mpim", "is_private", "is_archived", "is_general"), False),
    **dict.fromkeys(("is_shared", "is_ext_shared", "is_org_shared", "is_pending_ext_shared", "is_member"), False),
    **dict.fromkeys(("created", "updated", "unlinked", "num_members"), 0),
    "previous_names": [],
    "pending_shared": [],
    "shared_team_ids": [""],
    "topic": NOTE,
    "purpose": NOTE,
}
VIEW: dict[str, Any] = {
    **dict.fromkeys(("id", "team_id", "type", "callback_id", "private_metadata", "external_id", "hash"), ""),
    **dict.fromkeys(("root_view_id", "app_id", "app_installed_team_id", "bot_id"), ""),
    **dict.fromkeys(("clear_on_close", "notify_on_close", "submit_disabled"), False),
    "title": TEXT,
    "submit": TEXT,
    "close": TEXT,
    "blocks": [{"type": "", "block_id": ""}],
    "state": {"values": {}},
}
MESSAGE: dict[str, Any] = {
    **dict.fromkeys(("type", "user", "bot_id", "app_id", "team", "text", "ts"), ""),
    "bot_profile": {"id": "", "app_id": "", "name": "", "team_id": "", "deleted": False, "updated": 0, "icons": {}},
}
ANSWERS: dict[str, dict[str, Any]] = {
    "auth.test": {**dict.fromkeys(("url", "team", "user", "team_id", "user_id", "bot_id"), "")},
    "users.info": {"user": USER},
    "users.lookupByEmail": {"user": USER},
    "conversations.info": {"channel": CHANNEL},
    "chat.postMessage": {"channel": "", "ts": "", "message": MESSAGE},
    "chat.postEphemeral": {"message_ts": ""},
    "views.open": {"view": VIEW},
}


@pytest.mark.parametrize("method", ANSWERS)
async def test_an_answer_has_slacks_shape(
    client: AsyncWebClient, workspace: Workspace, desk: Channel, ana: Person, method: str
) -> None:
    text = {"type": "plain_text", "text": "Words"}
    view = {"type": "modal", "title": text, "submit": text, "close": text, "blocks": [{"type": "divider"}]}
    arguments: dict[str, dict[str, Any]] = {
        "users.info": {"user": ana.id},
        "users.lookupByEmail": {"email": ana.email},
        "conversations.info": {"channel": desk.id},
        "chat.postMessage": {"channel": desk.id, "text": "x"},
        "chat.postEphemeral": {"channel": desk.id, "user": ana.id, "text": "x"},
        "views.open": {"trigger_id": workspace.trigger(ana.id), "view": view},
    }
    answer = await client.api_call(method, json=arguments.get(method, {}))
    assert differences({"ok": True, **ANSWERS[method]}, answer.data) == {}
