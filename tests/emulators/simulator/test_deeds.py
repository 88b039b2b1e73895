"""What is done on the page reaches the application as the providers would send it, or is refused with a reason."""

import base64
import json
from typing import Any
from urllib.parse import parse_qsl

from slack_sdk.signature import SignatureVerifier
from twilio.request_validator import RequestValidator

from emulators.slack import modals, posting
from tests.emulators.simulator.conftest import Scene

BUTTON = {"type": "button", "action_id": "claim", "value": "7", "text": {"type": "plain_text", "text": "Claim"}}
CARD = [{"type": "actions", "block_id": "b", "elements": [BUTTON]}]
TEXT = {"type": "plain_text_input", "action_id": "text"}
FORM = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Reply"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [{"type": "input", "block_id": "text", "label": {"type": "plain_text", "text": "Text"}, "element": TEXT}],
}


def card(scene: Scene) -> dict[str, Any]:
    message = posting.bot_message(scene.workspace, {"text": "card", "blocks": CARD})
    scene.channel.add(message)
    return message


class TestCustomer:
    async def test_what_a_customer_writes_comes_to_the_desk_signed_by_twilio(self, scene: Scene) -> None:
        answer = await scene.do("write", number=scene.carl.number, text="hello")
        path, headers, body = scene.desk.requests[-1]
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        assert answer.json()["ok"] is True
        assert (path, form["Body"], form["From"]) == ("/whatsapp", "hello", "whatsapp:+14155550111")
        validator = RequestValidator(scene.account.auth_token)
        assert validator.validate(f"{scene.desk_url}/whatsapp", form, headers["x-twilio-signature"])

    async def test_a_new_customer_gets_a_number_of_their_own_and_shows_up(self, scene: Scene) -> None:
        numbers = [(await scene.do("customer", name=name)).json()["number"] for name in ("Dora", "Emil")]
        facts = await scene.facts()
        assert len({scene.carl.number, *numbers}) == 3
        assert [facts[f"customer/{number}"]["name"] for number in numbers] == ["Dora", "Emil"]

    async def test_a_customer_without_a_name_is_refused(self, scene: Scene) -> None:
        assert (await scene.do("customer", name="  ")).status_code == 409


class TestFiles:
    async def test_what_is_attached_is_shared_and_a_form_takes_it_too(self, scene: Scene) -> None:
        file = {"name": "note.txt", "size": 4, "content": base64.b64encode(b"note").decode()}
        ts = (await scene.do("say", user=scene.ana.id, channel=scene.channel.id, text="", files=[file])).json()["ts"]
        (shared,) = scene.workspace.message(scene.channel, ts)["files"]
        answer = await scene.page.get(f"/slack-file/{shared['id']}")
        assert answer.content == b"note"
        assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''note.txt"
        assert (await scene.page.get("/slack-file/F404")).status_code == 404

        element = {"type": "file_input", "action_id": "files"}
        field = {"type": "input", "block_id": "files", "label": {"type": "plain_text", "text": "F"}, "element": element}
        view = modals.open_first(scene.workspace, scene.ana, {**FORM, "blocks": [field]})
        values = {"files": {"files": [file]}}
        await scene.do("submit", user=scene.ana.id, view_id=view["id"], values=values)
        assert [each.content for each in scene.workspace.files] == [b"note", b"note"]


class TestSlack:
    async def test_a_press_comes_to_the_app_signed_by_slack(self, scene: Scene) -> None:
        ts = card(scene)["ts"]
        answer = await scene.do(
            "press", user=scene.ana.id, channel=scene.channel.id, ts=ts, action_id="claim", value="7"
        )
        path, headers, body = scene.desk.requests[-1]
        assert answer.json()["outcome"] == "acknowledged"
        assert path == "/slack"
        assert SignatureVerifier(scene.workspace.signing_secret).is_valid_request(body, headers)

    async def test_a_shortcut_in_a_messages_menu_comes_to_the_app_with_the_message(self, scene: Scene) -> None:
        ts = card(scene)["ts"]
        answer = await scene.do("shortcut", user=scene.ana.id, channel=scene.channel.id, ts=ts, callback_id="send")
        _, headers, body = scene.desk.requests[-1]
        assert answer.json()["outcome"] == "acknowledged"
        assert SignatureVerifier(scene.workspace.signing_secret).is_valid_request(body, headers)
        told = json.loads(dict(parse_qsl(body.decode()))["payload"])
        assert (told["type"], told["callback_id"], told["message"]["ts"]) == ("message_action", "send", ts)

    async def test_a_button_that_is_gone_cannot_be_pressed_and_nothing_is_sent(self, scene: Scene) -> None:
        ts = card(scene)["ts"]
        answer = await scene.do("press", user=scene.ana.id, channel=scene.channel.id, ts=ts, action_id="reopen")
        assert answer.status_code == 409
        assert "reopen" in answer.json()["message"]
        assert scene.desk.requests == []

    async def test_a_required_field_left_empty_is_an_error_at_the_field_and_nothing_is_sent(self, scene: Scene) -> None:
        view = modals.open_first(scene.workspace, scene.ana, FORM)
        answer = await scene.do("submit", user=scene.ana.id, view_id=view["id"], values={})
        assert answer.json()["outcome"] == "errors"
        assert set(answer.json()["errors"]) == {"text"}
        assert scene.desk.requests == []

    async def test_the_apps_own_errors_come_back_to_the_field(self, scene: Scene) -> None:
        scene.desk.answers = [{"response_action": "errors", "errors": {"text": "Too short."}}]
        view = modals.open_first(scene.workspace, scene.ana, FORM)
        answer = await scene.do("submit", user=scene.ana.id, view_id=view["id"], values={"text": {"text": "ok"}})
        assert answer.json()["errors"] == {"text": "Too short."}

    async def test_words_in_a_channel_are_the_persons(self, scene: Scene) -> None:
        said = await scene.do("say", user=scene.ana.id, channel=scene.channel.id, text="a < b")
        message = scene.workspace.message(scene.channel, said.json()["ts"])
        assert (message["user"], message["text"]) == (scene.ana.id, "a &lt; b")

    async def test_what_no_deed_is_called_is_not_done(self, scene: Scene) -> None:
        assert (await scene.do("drop_everything")).status_code == 404
        assert (await scene.do("say", user="nobody", channel=scene.channel.id, text="x")).status_code == 400
