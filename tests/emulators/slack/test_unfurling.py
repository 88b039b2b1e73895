"""Links that the emulated Slack tells the app of, and what the app shows below them."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from emulators.slack import Channel, Person, Workspace
from tests.emulators.slack.conftest import App

URL = "https://desk.example/tickets/12"
BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "Broken mug"}}]


@pytest.fixture(autouse=True)
def domains(workspace: Workspace) -> None:
    workspace.unfurl_domains = ("desk.example",)


def told(app: App) -> list[dict[str, Any]]:
    return [each for each in app.events() if each["type"] == "link_shared"]


class TestTelling:
    async def test_of_links_to_its_domains_and_no_others(
        self, workspace: Workspace, app: App, ana: Person, desk: Channel
    ) -> None:
        said = await ana.say(desk, f"see {URL}, https://sub.desk.example/a and https://evil-desk.example/b.")
        (event,) = told(app)
        assert [each["url"] for each in event["links"]] == [URL, "https://sub.desk.example/a"]
        assert {each["domain"] for each in event["links"]} == {"desk.example"}
        assert (event["message_ts"], event["channel"], event["user"]) == (said.ts, desk.id, ana.id)
        await ana.say(desk, "no link")
        assert len(told(app)) == 1

    async def test_not_without_its_scope(self, workspace: Workspace, app: App, ana: Person, desk: Channel) -> None:
        workspace.scopes -= {"links:read"}
        await ana.say(desk, URL)
        assert told(app) == []


class TestUnfurl:
    async def test_it_stands_below_the_message_once(
        self, workspace: Workspace, client: AsyncWebClient, ana: Person, desk: Channel
    ) -> None:
        said = await ana.say(desk, f"see {URL}")
        for _ in range(2):
            await client.chat_unfurl(channel=desk.id, ts=said.ts, unfurls={URL: {"blocks": BLOCKS}})
        await client.chat_unfurl(
            unfurl_id=f"{desk.id}-{said.ts}", source="conversations_history", unfurls={URL: {"blocks": BLOCKS}}
        )
        (below,) = workspace.message(desk, said.ts)["attachments"]
        assert below["from_url"] == URL
        assert workspace.message(desk, said.ts)["text"] == f"see {URL}"

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"ts": "1.1"}, "cannot_find_message"),
            ({"channel": "C404"}, "cannot_find_channel"),
            ({"unfurls": {}}, "missing_unfurls"),
            ({"unfurls": {"https://desk.example/other": {"blocks": BLOCKS}}}, "cannot_unfurl_url"),
            ({"unfurls": {URL: {"blocks": [{"type": "nonsense"}]}}}, "invalid_blocks"),
        ],
    )
    async def test_what_slack_refuses(
        self, client: AsyncWebClient, ana: Person, desk: Channel, changes: dict[str, Any], error: str
    ) -> None:
        said = await ana.say(desk, URL)
        wanted: dict[str, Any] = {"channel": desk.id, "ts": said.ts, "unfurls": {URL: {"blocks": BLOCKS}}, **changes}
        with pytest.raises(SlackApiError) as refused:
            await client.chat_unfurl(**wanted)
        assert refused.value.response["error"] == error
