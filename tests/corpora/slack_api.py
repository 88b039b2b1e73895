"""The Slack emulator's answers against the shapes of Slack's own."""

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import aiohttp
from PIL import Image
from slack_sdk.web.async_client import AsyncWebClient

from emulators.slack import Person, Workspace
from tests.corpora.findings import Finding
from tests.corpora.shapes import differences, reason

_REFUSALS = dict.fromkeys(("error", "needed", "provided", "warning"), "stands in refusals only")
_ENTERPRISE = "of an Enterprise organisation; the emulated workspace is none"
_OWN_ACCOUNT = "only about the account that asks, or with include_locale"
_CONNECT = "of a channel shared with another workspace (Slack Connect)"
_USER = {
    "user.enterprise_user": _ENTERPRISE,
    "user.enterprise_id": _ENTERPRISE,
    "user.enterprise_name": _ENTERPRISE,
    "user.teams": _ENTERPRISE,
    "user.locale": _OWN_ACCOUNT,
    "user.has_2fa": _OWN_ACCOUNT,
    "user.two_factor_type": _OWN_ACCOUNT,
    "user.is_stranger": _CONNECT,
    "user.is_workflow_bot": "of bots only",
    "user.is_connector_bot": "of bots only",
    "user.profile.api_app_id": "of bots only",
    "user.profile.bot_id": "of bots only",
    "user.profile.always_active": "of bots only",
    "user.is_invited_user": "until an invitation is accepted",
    "user.profile.guest_invited_by": "of guests only",
    "user.profile.image_original": "with a picture of one's own only",
    "user.profile.image_1024": "with a picture of one's own only",
    "user.profile.is_custom_image": "with a picture of one's own only",
    "user.profile.pronouns": "where the workspace has switched it on",
    "user.profile.start_date": "where the workspace has switched it on",
}
_VIEW = {
    "response_metadata": "stands in refusals only",
    "view.blocks": "what the app sent, checked on its way in",
    "view.previous_view_id": "null in the first view of a stack",
    "view.entity_url": "of Work Objects only",
    "view.external_ref": "of Work Objects only",
    "view.app_unfurl_url": "of Work Objects only",
    "view.message_ts": "of Work Objects only",
    "view.thread_ts": "of Work Objects only",
    "view.channel": "of Work Objects only",
}
_HOME = {f"view.{name}": "null: a home tab has none" for name in ("title", "submit", "close")}
_TEXT = "of texts and snippets only"
_ANIMATED = "of animated pictures only"
_FILE = {
    "response_metadata": "stands in refusals only",
    "files[].edit_link": _TEXT,
    "files[].preview": _TEXT,
    "files[].preview_highlight": _TEXT,
    "files[].preview_is_truncated": _TEXT,
    "files[].lines": _TEXT,
    "files[].lines_more": _TEXT,
    "files[].thumb_360_gif": _ANIMATED,
    "files[].thumb_480_gif": _ANIMATED,
    "files[].deanimate": _ANIMATED,
    "files[].deanimate_gif": _ANIMATED,
    "files[].is_modified_by_ai": "of pictures changed in Slack only",
    "files[].shares.public": "posted after the answer",
}
ALLOWED: dict[str, dict[str, str]] = {
    "auth.test": {
        "enterprise_id": _ENTERPRISE,
        "app_name": "of an app-level token only",
        "app_id": "of an app-level token only",
        "expires_in": "with token rotation only",
    },
    "users.info": _USER,
    "users.lookupByEmail": _USER | {"response_metadata": "stands in refusals only"},
    "conversations.info": {
        "channel.pending_connected_team_ids": _CONNECT,
        "channel.internal_team_ids": _CONNECT,
        "channel.connected_team_ids": _CONNECT,
        "channel.connected_limited_team_ids": _CONNECT,
        "channel.conversation_host_id": _CONNECT,
        "channel.is_moved": _ENTERPRISE,
        "channel.is_global_shared": _ENTERPRISE,
        "channel.is_org_default": _ENTERPRISE,
        "channel.is_org_mandatory": _ENTERPRISE,
        "channel.locale": "with include_locale only",
        "channel.last_read": "of user tokens only",
        "channel.is_read_only": "where posting is restricted",
        "channel.is_thread_only": "where posting is restricted",
        "channel.is_non_threadable": "where posting is restricted",
        "channel.properties": "of Slack's own client: canvases, tabs",
    },
    "files.completeUploadExternal": _FILE,
    "files.getUploadURLExternal": {"response_metadata": "stands in refusals only"},
    "views.open": _VIEW,
    "views.update": _VIEW,
    "views.publish": _VIEW | _HOME,
}
# Nobody here calls these yet.
NOT_EMULATED = {"chat.unfurl"}


async def check(folder: Path) -> Finding:
    """Ask the emulator what each file answers, by the real SDK."""
    finding = Finding("Slack: the emulator's answers")
    answers = await _answers()
    for file in await asyncio.to_thread(lambda: sorted(folder.glob("*.json"))):
        method = file.stem
        if method not in answers:
            if method not in NOT_EMULATED:
                finding.failures.append(f"{method}: is not asked")
            finding.allowed += 1
            continue
        finding.checked += 1
        allowed = _REFUSALS | ALLOWED.get(method, {})
        real = json.loads(await asyncio.to_thread(file.read_text))
        for place, what in differences(real, answers[method]).items():
            if reason(place, allowed) is None:
                finding.failures.append(f"{method}: {place} {what}")
            else:
                finding.allowed += 1
    return finding


async def _answers() -> dict[str, Any]:
    space = Workspace(limits=False)
    mia = space.add_user("mia", "mia@example.com")
    desk = space.add_channel("desk")
    async with space.serve() as slack:
        client = AsyncWebClient(token=space.bot_token, base_url=f"{slack.url}/api/")
        answers = {
            "auth.test": await client.auth_test(),
            "users.info": await client.users_info(user=mia.id),
            "users.lookupByEmail": await client.users_lookupByEmail(email="mia@example.com"),
            "conversations.info": await client.conversations_info(channel=desk.id, include_num_members=True),
            "chat.postEphemeral": await client.chat_postEphemeral(channel=desk.id, user=mia.id, text="hello"),
            **await _views(client, space, mia),
            **await _files(client),
        }
    return {method: answer.data for method, answer in answers.items()}


async def _files(client: AsyncWebClient) -> dict[str, Any]:
    drawn = io.BytesIO()
    Image.new("RGB", (600, 500)).save(drawn, "PNG")
    place = await client.files_getUploadURLExternal(filename="a.png", length=len(drawn.getvalue()), alt_txt="grey")
    async with aiohttp.ClientSession(trust_env=False) as session:
        await session.post(place["upload_url"], data=drawn.getvalue())
    done = await client.files_completeUploadExternal(files=[{"id": place["file_id"], "title": "a"}])
    return {"files.getUploadURLExternal": place, "files.completeUploadExternal": done}


async def _views(client: AsyncWebClient, space: Workspace, mia: Person) -> dict[str, Any]:
    text = {"type": "plain_text", "text": "Words"}
    blocks = [{"type": "section", "text": text}]
    modal = {"type": "modal", "title": text, "submit": text, "close": text, "blocks": blocks}
    opened = await client.views_open(trigger_id=space.trigger(mia.id), view=modal)
    return {
        "views.open": opened,
        "views.update": await client.views_update(view_id=opened["view"]["id"], view=modal),
        "views.publish": await client.views_publish(user_id=mia.id, view={"type": "home", "blocks": blocks}),
    }
