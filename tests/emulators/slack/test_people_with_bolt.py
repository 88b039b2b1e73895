"""People press, submit and talk; a real Bolt app over HTTP hears and answers."""

from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp

from emulators.server import Served
from emulators.slack import CannotDo, Channel, FormIncomplete, NoSuchButton, NoSuchOption, Person, Workspace
from emulators.waiting import until
from tests.emulators.slack.conftest import bolt_app, bolt_over_http, button, card, modal, text_input


@pytest.fixture
async def bolt(workspace: Workspace, slack: Served) -> AsyncApp:
    return bolt_app(workspace)


async def post_card(bolt: AsyncApp, desk: Channel, *elements: dict[str, Any]) -> str:
    posted = await bolt.client.chat_postMessage(channel=desk.id, text="card", blocks=card(*elements))
    return str(posted["ts"])


class TestPress:
    async def test_a_button_reaches_its_listener_with_value_and_message(
        self, workspace: Workspace, bolt: AsyncApp, ana: Person, desk: Channel
    ) -> None:
        pressed: list[Any] = []

        @bolt.action("claim")
        async def claim(ack: Any, body: Any, action: Any, client: Any) -> None:
            pressed.append((body["user"]["id"], action["value"], body["message"]["text"]))
            blocks = card(button("release", "Release"))
            await client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="c", blocks=blocks)
            await ack()

        async with bolt_over_http(workspace, bolt):
            ts = await post_card(bolt, desk, button("claim", value="t:12"))
            done = await ana.press(desk, ts, "claim")
            assert (done.status, done.outcome) == (200, "acknowledged")
            assert pressed == [(ana.id, "t:12", "card")]
            with pytest.raises(NoSuchButton, match="there is: release"):
                await ana.press(desk, ts, "claim")

    async def test_a_press_on_what_was_redrawn_a_moment_ago_is_the_press_it_was(
        self, workspace: Workspace, bolt: AsyncApp, ana: Person, desk: Channel
    ) -> None:
        pressed: list[Any] = []

        @bolt.action("claim")
        async def claim(ack: Any, body: Any, action: Any) -> None:
            pressed.append((action["value"], body["message"]["text"]))
            await ack()

        async with bolt_over_http(workspace, bolt):
            ts = await post_card(bolt, desk, button("claim", value="v:1"))
            await bolt.client.chat_update(
                channel=desk.id, ts=ts, text="newer", blocks=card(button("claim", value="v:2"))
            )
            await ana.press(desk, ts, "claim", value="v:1", edited="")
            await ana.press(desk, ts, "claim", edited=workspace.message(desk, ts)["edited"]["ts"])
            with pytest.raises(NoSuchButton):
                await ana.press(desk, ts, "claim", value="v:1")
            await bolt.client.chat_delete(channel=desk.id, ts=ts)
            with pytest.raises(NoSuchButton):
                await ana.press(desk, ts, "claim", value="v:1", edited="")
        assert pressed == [("v:1", "card"), ("v:2", "newer")]

    async def test_several_buttons_of_one_action_are_told_apart_by_value(
        self, workspace: Workspace, bolt: AsyncApp, ana: Person, desk: Channel
    ) -> None:
        pressed: list[str] = []

        @bolt.action("claim")
        async def claim(ack: Any, action: Any) -> None:
            pressed.append(action["value"])
            await ack()

        rows = [{"type": "actions", "elements": [button("claim", value=str(n))]} for n in (1, 2)]
        async with bolt_over_http(workspace, bolt):
            ts = (await bolt.client.chat_postMessage(channel=desk.id, text="list", blocks=rows))["ts"]
            with pytest.raises(NoSuchButton, match="several"):
                await ana.press(desk, ts, "claim")
            await ana.press(desk, ts, "claim", value="2")
        assert pressed == ["2"]

    async def test_a_menu_takes_only_what_it_offers(
        self, workspace: Workspace, bolt: AsyncApp, ana: Person, desk: Channel
    ) -> None:
        chosen: list[str] = []

        @bolt.action("status")
        async def status(ack: Any, action: Any) -> None:
            chosen.append(action["selected_option"]["value"])
            await ack()

        options = [{"text": {"type": "plain_text", "text": name.title()}, "value": name} for name in ("open", "solved")]
        menu = {"type": "static_select", "action_id": "status", "options": options}
        async with bolt_over_http(workspace, bolt):
            ts = await post_card(bolt, desk, menu)
            await ana.press(desk, ts, "status", selected_option="Solved")
            with pytest.raises(NoSuchOption):
                await ana.press(desk, ts, "status", selected_option="closed")
        assert chosen == ["solved"]

    async def test_somebody_outside_the_channel_sees_no_button(
        self, workspace: Workspace, bolt: AsyncApp, desk: Channel
    ) -> None:
        stranger = workspace.add_user("stranger")
        ts = await post_card(bolt, desk, button("claim"))
        with pytest.raises(NoSuchButton):
            await stranger.press(desk, ts, "claim")

    async def test_without_an_app_a_press_fails_and_says_why(self, bolt: AsyncApp, ana: Person, desk: Channel) -> None:
        done = await ana.press(desk, await post_card(bolt, desk, button("claim")), "claim")
        assert (done.outcome, done.attempt.failure) == ("failed", "connection_failed")


class TestModals:
    async def test_a_form_goes_round_with_errors_first(
        self, workspace: Workspace, bolt: AsyncApp, ana: Person, desk: Channel
    ) -> None:
        heard: list[Any] = []

        @bolt.action("reply")
        async def reply(ack: Any, body: Any, client: Any) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=modal(text_input(), private_metadata="t:12"))

        @bolt.view("reply.v1")
        async def submitted(ack: Any, view: Any) -> None:
            words = view["state"]["values"]["words"]["text"]["value"]
            heard.append((words, view["private_metadata"]))
            if words == "no":
                await ack(response_action="errors", errors={"words": "Say more."})
            else:
                await ack()

        async with bolt_over_http(workspace, bolt):
            await ana.press(desk, await post_card(bolt, desk, button("reply", "Reply")), "reply")
            view_id = (await opened(ana))["id"]
            refused = await ana.submit(view_id, {"text": "no"})
            assert (refused.outcome, refused.errors) == ("errors", {"words": "Say more."})
            assert len(ana.modals()) == 1
            done = await ana.submit(view_id, {"words": {"text": "It is on its way."}})
            assert done.outcome == "closed"
            assert ana.modals() == []
        assert heard == [("no", "t:12"), ("It is on its way.", "t:12")]

    async def test_update_push_and_clear_change_the_stack(
        self, workspace: Workspace, bolt: AsyncApp, ana: Person
    ) -> None:
        second = modal(text_input(), callback_id="second", title={"type": "plain_text", "text": "Second"})
        third = modal(text_input(), callback_id="third", title={"type": "plain_text", "text": "Third"})

        @bolt.view("reply.v1")
        async def first_step(ack: Any) -> None:
            await ack(response_action="update", view=second)

        @bolt.view("second")
        async def second_step(ack: Any) -> None:
            await ack(response_action="push", view=third)

        @bolt.view("third")
        async def third_step(ack: Any) -> None:
            await ack(response_action="clear")

        async with bolt_over_http(workspace, bolt):
            opening = workspace.trigger(ana.id)
            root = (await bolt.client.views_open(trigger_id=opening, view=modal(text_input())))["view"]
            updated = await ana.submit(root["id"], {"text": "a"})
            assert updated.outcome == "updated"
            assert [each["id"] for each in ana.modals()] == [root["id"]]
            pushed = await ana.submit(root["id"], {"text": "b"})
            assert pushed.outcome == "pushed"
            assert pushed.view is not None
            assert pushed.view["previous_view_id"] == root["id"]
            cleared = await ana.submit(pushed.view["id"], {"text": "c"})
            assert cleared.outcome == "cleared"
        assert ana.modals() == []

    async def test_slacks_client_checks_a_form_before_it_is_sent(
        self, workspace: Workspace, bolt: AsyncApp, ana: Person
    ) -> None:
        view = modal(
            text_input(min_length=3, max_length=5),
            text_input("more", "more", optional=True),
            {
                "type": "input",
                "block_id": "count",
                "label": {"type": "plain_text", "text": "How many"},
                "element": {"type": "number_input", "action_id": "n", "is_decimal_allowed": False, "max_value": "9"},
            },
        )
        view_id = (await bolt.client.views_open(trigger_id=workspace.trigger(ana.id), view=view))["view"]["id"]
        with pytest.raises(FormIncomplete) as caught:
            await ana.submit(view_id)
        assert set(caught.value.errors) == {"words", "count"}
        with pytest.raises(FormIncomplete, match="at least 3"):
            await ana.submit(view_id, {"text": "ab", "n": 1})
        with pytest.raises(FormIncomplete, match="at most 5"):
            await ana.submit(view_id, {"text": "abcdef", "n": 1})
        with pytest.raises(FormIncomplete, match="9 or less"):
            await ana.submit(view_id, {"text": "abc", "n": 10})
        with pytest.raises(NoSuchButton, match="no such field: colour"):
            await ana.submit(view_id, {"text": "abc", "n": 1, "colour": "red"})

    async def test_the_app_hears_of_an_input_before_the_form_is_sent_only_where_it_asked_to(
        self, workspace: Workspace, bolt: AsyncApp, ana: Person
    ) -> None:
        heard: list[str] = []

        @bolt.action("told")
        async def told(ack: Any, action: Any) -> None:
            heard.append(action["value"])
            await ack()

        view = modal(text_input("quiet", "quiet"), text_input("told", "told") | {"dispatch_action": True})
        async with bolt_over_http(workspace, bolt):
            view_id = (await bolt.client.views_open(trigger_id=workspace.trigger(ana.id), view=view))["view"]["id"]
            with pytest.raises(CannotDo, match="when the form is submitted"):
                await ana.press_in(view_id, "quiet", value="a")
            await ana.press_in(view_id, "told", value="b")
        assert heard == ["b"]

    async def test_what_was_entered_stays_while_the_app_changes_the_form_if_its_input_stays(
        self, workspace: Workspace, bolt: AsyncApp, ana: Person
    ) -> None:
        heard: list[Any] = []

        @bolt.action("more")
        async def more(ack: Any, body: Any, client: Any) -> None:
            heard.append(body["view"]["state"]["values"])
            name = "words" if len(heard) == 1 else "words~1"
            changed = modal(text_input(name, initial_value="from the app"), card(button("more"))[-1])
            await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=changed)
            await ack()

        async with bolt_over_http(workspace, bolt):
            view = modal(text_input(initial_value="first"), card(button("more"))[-1])
            view_id = (await bolt.client.views_open(trigger_id=workspace.trigger(ana.id), view=view))["view"]["id"]
            await ana.press_in(view_id, "more", values={"text": "typed"})
            await ana.press_in(view_id, "more")
            await ana.press_in(view_id, "more")
        assert [each["value"] for state in heard for block in state.values() for each in block.values()] == [
            "typed",
            "typed",
            "from the app",
        ]

    async def test_a_failing_app_leaves_the_form_open(self, workspace: Workspace, bolt: AsyncApp, ana: Person) -> None:
        @bolt.view("reply.v1")
        async def submitted(ack: Any) -> None:
            await ack(response_action="errors", errors={"elsewhere": "not an input"})

        async with bolt_over_http(workspace, bolt):
            shown = await bolt.client.views_open(trigger_id=workspace.trigger(ana.id), view=modal(text_input()))
            done = await ana.submit(shown["view"]["id"], {"text": "a"})
        assert done.outcome == "failed"
        assert "must name input blocks" in done.errors[""]
        assert len(ana.modals()) == 1

    async def test_closing_is_told_only_when_asked_for(self, workspace: Workspace, bolt: AsyncApp, ana: Person) -> None:
        closed: list[str] = []

        @bolt.view_closed("reply.v1")
        async def gone(ack: Any, view: Any) -> None:
            closed.append(view["id"])
            await ack()

        async with bolt_over_http(workspace, bolt):
            for told in (False, True):
                view = modal(text_input(), notify_on_close=told)
                view_id = (await bolt.client.views_open(trigger_id=workspace.trigger(ana.id), view=view))["view"]["id"]
                done = await ana.close(view_id)
                assert (done is not None) is told
        assert closed == [view_id]
        assert ana.modals() == []

    async def test_an_external_menu_asks_the_app(self, workspace: Workspace, bolt: AsyncApp, ana: Person) -> None:
        found = [{"text": {"type": "plain_text", "text": "Bo"}, "value": "bo"}]
        picked: list[str] = []

        @bolt.options("who")
        async def who(ack: Any, payload: Any) -> None:
            await ack(options=found if payload["value"] == "b" else [])

        @bolt.view("reply.v1")
        async def submitted(ack: Any, view: Any) -> None:
            picked.append(view["state"]["values"]["person"]["who"]["selected_option"]["value"])
            await ack()

        menu = {"type": "external_select", "action_id": "who", "min_query_length": 1}
        label = {"type": "plain_text", "text": "Who"}
        view = modal({"type": "input", "block_id": "person", "label": label, "element": menu})
        async with bolt_over_http(workspace, bolt):
            view_id = (await bolt.client.views_open(trigger_id=workspace.trigger(ana.id), view=view))["view"]["id"]
            assert await ana.suggestions("who", "", view_id=view_id) == []
            (option,) = await ana.suggestions("who", "b", view_id=view_id)
            await ana.submit(view_id, {"who": option})
        assert picked == ["bo"]


class TestTalking:
    async def test_what_a_person_types_arrives_escaped_with_its_thread(
        self, workspace: Workspace, bolt: AsyncApp, ana: Person, desk: Channel
    ) -> None:
        heard: list[Any] = []

        @bolt.event("message")
        async def message(event: Any) -> None:
            heard.append(event)

        async with bolt_over_http(workspace, bolt):
            root = await post_card(bolt, desk, button("claim"))
            said = await ana.say(desk, "5 < 6 & <!channel>", thread_ts=root)
        assert said.delivery is not None
        assert said.delivery.acknowledged
        (event,) = heard
        assert event["text"] == "5 &lt; 6 &amp; &lt;!channel&gt;"
        assert (event["user"], event["thread_ts"], event["ts"]) == (ana.id, root, said.ts)
        assert (event["channel"], event["channel_type"]) == (desk.id, "channel")

    async def test_edit_delete_and_mention_are_events_of_their_own(
        self, workspace: Workspace, bolt: AsyncApp, ana: Person, desk: Channel
    ) -> None:
        heard: list[Any] = []

        @bolt.event("message")
        async def message(event: Any) -> None:
            heard.append((event.get("subtype"), event.get("text") or event["previous_message"]["text"]))

        @bolt.event("app_mention")
        async def mention(event: Any) -> None:
            heard.append(("app_mention", event["text"]))

        async with bolt_over_http(workspace, bolt):
            said = await ana.say(desk, "one")
            await ana.edit(desk, said.ts, "two")
            assert workspace.message(desk, said.ts)["text"] == "two"
            await ana.delete(desk, said.ts)
            await ana.mention(desk, "help")
        words = f"<@{workspace.bot_user}> help"
        assert heard[:3] == [(None, "one"), ("message_changed", "one"), ("message_deleted", "two")]
        assert sorted(heard[3:], key=str) == sorted([(None, words), ("app_mention", words)], key=str)

    async def test_nobody_can_edit_anothers_words_or_write_where_they_are_not(
        self, workspace: Workspace, ana: Person, desk: Channel
    ) -> None:
        bo = workspace.add_user("bo")
        said = await ana.say(desk, "mine")
        with pytest.raises(CannotDo):
            await bo.edit(desk, said.ts, "yours")
        with pytest.raises(CannotDo):
            await bo.say(desk, "hello")

    async def test_the_apps_own_posts_echo_and_bolt_leaves_them_alone(self, ana: Person) -> None:
        space = Workspace(limits=False)
        desk = space.add_channel("desk")
        heard: list[str] = []
        async with space.serve():
            bolt = bolt_app(space)

            @bolt.event("message")
            async def message(event: Any) -> None:
                heard.append(event["text"])

            async with bolt_over_http(space, bolt):
                await bolt.client.chat_postMessage(channel=desk.id, text="mine")
                await space.courier.idle()
        assert heard == []

    async def test_opening_the_home_tab_publishes_one(self, workspace: Workspace, bolt: AsyncApp, ana: Person) -> None:
        @bolt.event("app_home_opened")
        async def opened_home(event: Any, client: Any) -> None:
            await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": card(button("claim"))})

        async with bolt_over_http(workspace, bolt):
            delivery = await ana.open_home()
            assert delivery is not None
            await until(ana.home, "the home")

    async def test_a_command_answers_in_its_acknowledgement(
        self, workspace: Workspace, bolt: AsyncApp, ana: Person, desk: Channel
    ) -> None:
        @bolt.command("/desk")
        async def desk_command(ack: Any, command: Any) -> None:
            await ack(f"You asked for {command['text']}")

        async with bolt_over_http(workspace, bolt):
            await ana.command(desk, "/desk", "help")
        assert [each["text"] for each in ana.ephemerals()] == ["You asked for help"]

    async def test_shortcuts_bring_their_message_and_a_trigger(
        self, workspace: Workspace, bolt: AsyncApp, ana: Person, desk: Channel
    ) -> None:
        @bolt.shortcut("make.ticket")
        async def make(ack: Any, shortcut: Any, client: Any) -> None:
            await ack()
            await client.views_open(
                trigger_id=shortcut["trigger_id"], view=modal(text_input(initial_value=shortcut["message"]["text"]))
            )

        async with bolt_over_http(workspace, bolt):
            said = await ana.say(desk, "My parcel is lost")
            await ana.message_shortcut(desk, said.ts, "make.ticket")
            view = await opened(ana)
        assert view["blocks"][0]["element"]["initial_value"] == "My parcel is lost"


class TestResponseUrl:
    async def test_respond_speaks_privately_and_can_replace_what_was_pressed(
        self, workspace: Workspace, bolt: AsyncApp, ana: Person, desk: Channel
    ) -> None:
        @bolt.action("claim")
        async def claim(ack: Any, respond: Any) -> None:
            await respond(text="Bo was faster.", response_type="ephemeral", replace_original=False)
            await respond(text="taken", replace_original=True)
            await ack()

        async with bolt_over_http(workspace, bolt):
            ts = await post_card(bolt, desk, button("claim"))
            await ana.press(desk, ts, "claim")
        assert [each["text"] for each in ana.ephemerals()] == ["Bo was faster."]
        assert workspace.message(desk, ts)["text"] == "taken"

    async def test_an_ephemeral_with_a_button_can_be_pressed_and_removed(
        self, workspace: Workspace, bolt: AsyncApp, ana: Person, desk: Channel
    ) -> None:
        @bolt.action("dismiss")
        async def dismiss(ack: Any, body: Any, respond: Any) -> None:
            assert body["container"]["is_ephemeral"] is True
            await respond(delete_original=True)
            await ack()

        async with bolt_over_http(workspace, bolt):
            blocks = card(button("dismiss", "Dismiss"))
            posted = await bolt.client.chat_postEphemeral(channel=desk.id, user=ana.id, text="x", blocks=blocks)
            await ana.press(desk, posted["message_ts"], "dismiss")
        assert ana.ephemerals() == []

    async def test_it_is_good_for_five_answers(
        self, workspace: Workspace, slack: Served, ana: Person, desk: Channel
    ) -> None:
        url = workspace.responses.url(ana.id, desk.id)
        async with aiohttp.ClientSession(trust_env=False) as http:
            statuses = []
            for _ in range(6):
                async with http.post(url, json={"text": "x"}) as response:
                    statuses.append(response.status)
        assert statuses == [200] * 5 + [404]
        assert len(ana.ephemerals()) == 5


async def opened(person: Person) -> dict[str, Any]:
    """The modal that appears; Bolt may still be opening it after it has acknowledged."""
    await until(person.modals, "the modal")
    return person.modals()[-1]
