"""The real AsyncWebClient against the emulator's Web API."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from emulators.server import Served
from emulators.slack import Channel, Person, Workspace
from tests.emulators.slack.conftest import Clock, button, card, modal, text_input


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


class TestTokens:
    async def test_a_call_without_a_token_is_not_authed(self, slack: Served) -> None:
        assert await refusal(AsyncWebClient(base_url=slack.url + "/api/").auth_test()) == "not_authed"

    async def test_a_strange_token_is_invalid(self, slack: Served) -> None:
        client = AsyncWebClient(token="xoxb-other", base_url=slack.url + "/api/")
        assert await refusal(client.auth_test()) == "invalid_auth"

    async def test_opening_a_socket_takes_the_app_token_and_nothing_else_does(
        self, client: AsyncWebClient, workspace: Workspace
    ) -> None:
        assert await refusal(client.api_call("apps.connections.open")) == "not_allowed_token_type"
        assert await refusal(client.auth_test(token=workspace.app_token)) == "not_allowed_token_type"
        opened = await client.apps_connections_open(app_token=workspace.app_token)
        assert opened["url"].startswith("ws://127.0.0.1:")

    async def test_the_token_may_come_as_an_argument_and_is_not_recorded(
        self, slack: Served, workspace: Workspace
    ) -> None:
        async with aiohttp.ClientSession(trust_env=False) as http:
            url = slack.url + "/api/auth.test"
            async with http.get(url, params={"token": workspace.bot_token}) as response:
                assert (await response.json())["ok"] is True
        assert workspace.calls[-1].arguments == {}

    async def test_an_unknown_method_is_called_so(self, client: AsyncWebClient) -> None:
        assert await refusal(client.api_call("chat.shout")) == "unknown_method"


class TestPosting:
    async def test_a_post_is_stored_as_given_and_comes_back(
        self, client: AsyncWebClient, workspace: Workspace, desk: Channel
    ) -> None:
        posted = await client.chat_postMessage(channel=desk.id, text="5 &lt; 6 & <b>", blocks=card(button("claim")))
        stored = workspace.message(desk, posted["ts"])
        assert stored["text"] == "5 &lt; 6 & <b>"
        assert posted["message"]["blocks"] == stored["blocks"]
        assert posted["message"]["bot_id"] == workspace.bot_id
        assert all(block["block_id"] for block in stored["blocks"])

    async def test_a_reply_counts_on_its_root(
        self, client: AsyncWebClient, workspace: Workspace, desk: Channel
    ) -> None:
        root = (await client.chat_postMessage(channel=desk.id, text="root"))["ts"]
        reply = (await client.chat_postMessage(channel=desk.id, text="reply", thread_ts=root))["ts"]
        first, second = workspace.thread(desk, root)
        assert (first["reply_count"], first["latest_reply"]) == (1, reply)
        assert second["thread_ts"] == root

    async def test_a_persons_id_stands_for_the_conversation_with_them(
        self, client: AsyncWebClient, workspace: Workspace, ana: Person
    ) -> None:
        posted = await client.chat_postMessage(channel=ana.id, text="psst")
        assert posted["channel"].startswith("D")
        assert workspace.channel_messages(workspace.direct(ana.id))[0]["text"] == "psst"

    async def test_refusals_carry_slacks_names(
        self, client: AsyncWebClient, workspace: Workspace, desk: Channel
    ) -> None:
        workspace.add_channel("attic", archived=True)
        workspace.add_channel("elsewhere", bot=False)
        workspace.add_channel("secret", bot=False, private=True)
        post = client.chat_postMessage
        assert await refusal(post(channel="C404", text="x")) == "channel_not_found"
        assert await refusal(post(channel="attic", text="x")) == "is_archived"
        assert await refusal(post(channel="elsewhere", text="x")) == "not_in_channel"
        assert await refusal(post(channel="secret", text="x")) == "channel_not_found"
        assert await refusal(post(channel=desk.id, text="")) == "no_text"
        assert await refusal(post(channel=desk.id, text="x" * 40_001)) == "msg_too_long"
        assert await refusal(post(channel=desk.id, text="x", thread_ts="1.000000")) == "thread_not_found"
        assert await refusal(post(channel=desk.id, text="x", blocks="[")) == "invalid_blocks_format"
        assert await refusal(post(channel=desk.id, text="x", metadata={"event_type": "t"})) == "invalid_metadata_format"
        assert workspace.channel_messages(desk) == []

    async def test_invalid_blocks_are_named_by_their_place(self, client: AsyncWebClient, desk: Channel) -> None:
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel=desk.id, text="x", blocks=card(button("claim", "x" * 76)))
        assert caught.value.response["error"] == "invalid_blocks"
        messages = caught.value.response["response_metadata"]["messages"]
        assert messages == ["[ERROR] must be less than 76 characters [json-pointer:/blocks/1/elements/0/text/text]"]

    async def test_many_characters_in_all_are_too_long(self, client: AsyncWebClient, desk: Channel) -> None:
        section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}
        await client.chat_postMessage(channel=desk.id, text="x", blocks=[section] * 4)
        refused = refusal(client.chat_postMessage(channel=desk.id, text="x", blocks=[section] * 5))
        assert await refused == "msg_blocks_too_long"

    async def test_an_ephemeral_is_seen_by_one_person_only(
        self, client: AsyncWebClient, workspace: Workspace, ana: Person, desk: Channel
    ) -> None:
        bo = workspace.add_user("bo")
        await client.chat_postEphemeral(channel=desk.id, user=ana.id, text="only you")
        assert [each["text"] for each in ana.ephemerals()] == ["only you"]
        assert workspace.channel_messages(desk) == []
        assert await refusal(client.chat_postEphemeral(channel=desk.id, user="U404", text="x")) == "user_not_found"
        assert await refusal(client.chat_postEphemeral(channel=desk.id, user=bo.id, text="x")) == "user_not_in_channel"


class TestChanging:
    async def test_an_update_replaces_blocks_and_keeps_metadata(
        self, client: AsyncWebClient, workspace: Workspace, desk: Channel
    ) -> None:
        metadata = {"event_type": "card", "event_payload": {"ticket": 12}}
        ts = (await client.chat_postMessage(channel=desk.id, text="a", blocks=card(button("a")), metadata=metadata))[
            "ts"
        ]
        await client.chat_update(channel=desk.id, ts=ts, text="b", blocks=card(button("b")))
        after = workspace.message(desk, ts)
        assert after["text"] == "b"
        assert after["blocks"][1]["elements"][0]["action_id"] == "b"
        assert after["metadata"] == metadata
        assert after["edited"]["user"] == workspace.bot_user

    async def test_only_its_own_messages_can_be_changed(
        self, client: AsyncWebClient, ana: Person, desk: Channel
    ) -> None:
        said = await ana.say(desk, "mine")
        assert await refusal(client.chat_update(channel=desk.id, ts=said.ts, text="x")) == "cant_update_message"
        assert await refusal(client.chat_delete(channel=desk.id, ts=said.ts)) == "cant_delete_message"
        assert await refusal(client.chat_update(channel=desk.id, ts="1.000000", text="x")) == "message_not_found"

    async def test_a_deleted_reply_no_longer_counts(
        self, client: AsyncWebClient, workspace: Workspace, desk: Channel
    ) -> None:
        root = (await client.chat_postMessage(channel=desk.id, text="root"))["ts"]
        reply = (await client.chat_postMessage(channel=desk.id, text="reply", thread_ts=root))["ts"]
        await client.chat_delete(channel=desk.id, ts=reply)
        assert workspace.message(desk, root)["reply_count"] == 0


class TestReading:
    async def test_metadata_is_returned_only_when_asked_for(self, client: AsyncWebClient, desk: Channel) -> None:
        metadata = {"event_type": "card", "event_payload": {"ticket": 12}}
        ts = (await client.chat_postMessage(channel=desk.id, text="a", metadata=metadata))["ts"]
        shown = await client.conversations_history(channel=desk.id, include_all_metadata=True)
        hidden = await client.conversations_history(channel=desk.id)
        replies = await client.conversations_replies(channel=desk.id, ts=ts, include_all_metadata=True)
        assert shown["messages"][0]["metadata"] == metadata
        assert "metadata" not in hidden["messages"][0]
        assert replies["messages"][0]["metadata"] == metadata

    async def test_history_is_newest_first_bounded_and_paged(self, client: AsyncWebClient, desk: Channel) -> None:
        stamps = [(await client.chat_postMessage(channel=desk.id, text=str(n)))["ts"] for n in range(5)]
        await client.chat_postMessage(channel=desk.id, text="in a thread", thread_ts=stamps[0])

        async def texts(**bounds: Any) -> list[str]:
            found = await client.conversations_history(channel=desk.id, **bounds)
            return [each["text"] for each in found["messages"]]

        assert await texts() == ["4", "3", "2", "1", "0"]
        assert await texts(oldest=stamps[1], latest=stamps[3]) == ["2"]
        assert await texts(oldest=stamps[1], latest=stamps[3], inclusive=True) == ["3", "2", "1"]
        first = await client.conversations_history(channel=desk.id, limit=2)
        assert first["has_more"] is True
        assert await texts(limit=2, cursor=first["response_metadata"]["next_cursor"]) == ["2", "1"]

    async def test_people_are_found_by_id_and_by_email_in_any_case(self, client: AsyncWebClient, ana: Person) -> None:
        assert (await client.users_info(user=ana.id))["user"]["profile"]["email"] == "ana@example.com"
        assert (await client.users_lookupByEmail(email="ANA@example.com"))["user"]["id"] == ana.id
        assert await refusal(client.users_info(user="U404")) == "user_not_found"
        assert await refusal(client.users_lookupByEmail(email="bo@example.com")) == "users_not_found"

    async def test_lists_come_in_pages(self, client: AsyncWebClient, workspace: Workspace) -> None:
        workspace.add_channel("second")
        first = await client.conversations_list(limit=1)
        rest = await client.conversations_list(limit=1, cursor=first["response_metadata"]["next_cursor"])
        assert [first["channels"][0]["name"], rest["channels"][0]["name"]] == ["desk", "second"]
        assert rest["response_metadata"]["next_cursor"] == ""
        assert len((await client.users_list())["members"]) == 2

    async def test_a_cursor_that_is_none_is_refused(self, client: AsyncWebClient) -> None:
        for cursor in ([None], "soon", -1):
            assert await refusal(client.api_call("users.list", json={"cursor": cursor})) == "invalid_cursor"

    async def test_the_app_can_join_look_link_and_react(self, client: AsyncWebClient, workspace: Workspace) -> None:
        hall = workspace.add_channel("hall", bot=False)
        assert (await client.conversations_info(channel=hall.id))["channel"]["is_member"] is False
        await client.conversations_join(channel=hall.id)
        ts = (await client.chat_postMessage(channel=hall.id, text="here"))["ts"]
        assert ts.replace(".", "") in (await client.chat_getPermalink(channel=hall.id, message_ts=ts))["permalink"]
        await client.reactions_add(channel=hall.id, timestamp=ts, name="eyes")
        assert workspace.message(hall, ts)["reactions"][0]["count"] == 1
        assert await refusal(client.reactions_add(channel=hall.id, timestamp=ts, name="eyes")) == "already_reacted"

    async def test_the_app_opens_its_conversation_with_a_person_once(
        self, client: AsyncWebClient, workspace: Workspace, ana: Person
    ) -> None:
        gone, robot = workspace.add_user("gone", deleted=True), workspace.add_user("robot", is_bot=True)
        first, again = [await client.conversations_open(users=ana.id) for _ in range(2)]
        assert (first["channel"]["id"], first["already_open"]) == (workspace.direct(ana.id).id, False)
        assert (again["channel"]["id"], again["already_open"]) == (first["channel"]["id"], True)
        await client.chat_postMessage(channel=first["channel"]["id"], text="Good morning")
        assert [each["text"] for each in workspace.channel_messages(first["channel"]["id"])] == ["Good morning"]
        assert await refusal(client.conversations_open(users="U0NOBODY")) == "user_not_found"
        assert await refusal(client.conversations_open(users=gone.id)) == "user_disabled"
        assert await refusal(client.conversations_open(users=robot.id)) == "cannot_dm_bot"
        assert await refusal(client.conversations_open(users=[])) == "users_list_not_supplied"


class TestViews:
    async def test_a_trigger_opens_one_view_within_three_seconds(self, ana: Person, clock: Clock) -> None:
        space = Workspace(limits=False, clock=clock)
        bo = space.add_user("bo")
        async with space.serve() as slack:
            client = AsyncWebClient(token=space.bot_token, base_url=slack.url + "/api/")
            trigger, late = space.trigger(bo.id), space.trigger(bo.id)
            opened = await client.views_open(trigger_id=trigger, view=modal(text_input()))
            assert [each["id"] for each in bo.modals()] == [opened["view"]["id"]]
            again = refusal(client.views_open(trigger_id=trigger, view=modal(text_input())))
            assert await again == "exchanged_trigger_id"
            clock.pass_by(3.1)
            assert await refusal(client.views_open(trigger_id=late, view=modal(text_input()))) == "expired_trigger_id"
            assert await refusal(client.views_open(trigger_id="1.2.3", view=modal())) == "invalid_trigger_id"

    async def test_a_stale_hash_is_a_conflict(self, client: AsyncWebClient, workspace: Workspace, ana: Person) -> None:
        opened = (await client.views_open(trigger_id=workspace.trigger(ana.id), view=modal(text_input())))["view"]
        after = await client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal(text_input("two")))
        assert after["view"]["id"] == opened["id"]
        assert ana.modals()[0]["blocks"][0]["block_id"] == "two"
        stale = refusal(client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal()))
        assert await stale == "hash_conflict"
        assert await refusal(client.views_update(view_id="V404", view=modal())) == "not_found"

    async def test_a_wrong_view_is_refused_with_its_place(
        self, client: AsyncWebClient, workspace: Workspace, ana: Person
    ) -> None:
        view = modal(title={"type": "plain_text", "text": "x" * 25})
        with pytest.raises(SlackApiError) as caught:
            await client.views_open(trigger_id=workspace.trigger(ana.id), view=view)
        assert caught.value.response["error"] == "invalid_arguments"
        assert "/view/title/text" in caught.value.response["response_metadata"]["messages"][0]
        assert ana.modals() == []

    async def test_a_home_tab_is_published_to_one_person(
        self, client: AsyncWebClient, workspace: Workspace, ana: Person
    ) -> None:
        view = {"type": "home", "blocks": card(button("claim"))}
        first = (await client.views_publish(user_id=ana.id, view=view))["view"]
        second = (await client.views_publish(user_id=ana.id, view=view))["view"]
        assert first["id"] == second["id"]
        home = ana.home()
        assert home is not None
        assert home["hash"] == second["hash"]
        stale = refusal(client.views_publish(user_id=ana.id, view=view, hash=first["hash"]))
        assert await stale == "hash_conflict"
        assert ana.home() == home
        await client.views_publish(user_id=ana.id, view=view, hash=second["hash"])


async def test_every_call_is_recorded_with_its_answer(
    client: AsyncWebClient, workspace: Workspace, desk: Channel
) -> None:
    await client.chat_postMessage(channel=desk.id, text="one")
    await refusal(client.chat_postMessage(channel="C404", text="two"))
    first, second = workspace.calls_of("chat.postMessage")
    assert (first.arguments["text"], first.answer["ok"], first.status) == ("one", True, 200)
    assert (second.answer["error"], second.status) == ("channel_not_found", 200)
