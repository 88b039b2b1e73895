"""What an app may do depends on what it was granted, and every answer says what that is."""

from collections.abc import Awaitable

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from emulators.slack import Channel, Person, Workspace
from emulators.slack.api import METHODS
from emulators.slack.scopes import EVERY, lacking


async def refused(call: Awaitable[AsyncSlackResponse]) -> tuple[str, str]:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"], caught.value.response["needed"]


async def test_a_call_without_its_scope_changes_nothing_and_names_it(
    client: AsyncWebClient, workspace: Workspace, desk: Channel
) -> None:
    workspace.scopes = EVERY - {"chat:write"}
    assert await refused(client.chat_postMessage(channel=desk.id, text="hello")) == ("missing_scope", "chat:write")
    assert not desk.messages


async def test_public_and_private_channels_have_scopes_of_their_own(
    client: AsyncWebClient, workspace: Workspace, desk: Channel
) -> None:
    secret = workspace.add_channel("secret", private=True)
    workspace.scopes = EVERY - {"groups:history"}
    await client.conversations_history(channel=desk.id)
    assert await refused(client.conversations_history(channel=secret.id)) == ("missing_scope", "groups:history")


async def test_an_address_is_shown_only_to_who_may_see_addresses(
    client: AsyncWebClient, workspace: Workspace, ana: Person
) -> None:
    assert (await client.users_info(user=ana.id))["user"]["profile"]["email"] == "ana@example.com"
    workspace.scopes = EVERY - {"users:read.email"}
    assert "email" not in (await client.users_info(user=ana.id))["user"]["profile"]


async def test_each_answer_says_what_was_granted(client: AsyncWebClient, workspace: Workspace) -> None:
    workspace.scopes = frozenset({"users:read", "commands"})
    assert (await client.auth_test()).headers["x-oauth-scopes"] == "commands,users:read"


def test_with_every_scope_everything_is_open() -> None:
    assert {method for method in METHODS if lacking(method, None, EVERY)} == set()


async def test_members_of_a_channel_come_in_pages_and_those_of_a_group_at_once(
    client: AsyncWebClient, workspace: Workspace, desk: Channel, ana: Person
) -> None:
    workspace.invite(desk, *(workspace.add_user(f"user{number}") for number in range(7)))
    found: list[str] = []
    async for page in await client.conversations_members(channel=desk.id, limit=3):
        found += page["members"]
    assert sorted(found) == sorted(desk.members)
    group = workspace.add_usergroup("refunds", ana)
    (listed,) = (await client.usergroups_list())["usergroups"]
    assert (listed["id"], listed["handle"]) == (group, "refunds")
    assert (await client.usergroups_users_list(usergroup=group))["users"] == [ana.id]
    with pytest.raises(SlackApiError, match="no_such_subteam"):
        await client.usergroups_users_list(usergroup="S0NOWHERE")


async def test_what_is_special_about_somebody_is_in_their_record(client: AsyncWebClient, ana: Person) -> None:
    ana.about = {"is_restricted": True}
    assert (await client.users_info(user=ana.id))["user"]["is_restricted"] is True
