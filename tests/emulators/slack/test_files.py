"""Files: the real SDK uploads, shows and deletes them, people share them, and only the app is given their octets."""

import io
from typing import Any

import aiohttp
import pytest
from PIL import Image
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from emulators.server import Served
from emulators.slack import CannotDo, Channel, FormIncomplete, Person, Upload, Workspace, as_text
from emulators.waiting import until
from tests.emulators.slack.conftest import App, modal
from tests.emulators.slack.test_web_api import refusal


def png(side: int = 8) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(drawn, "PNG")
    return drawn.getvalue()


PICTURE = png()


async def uploaded(client: AsyncWebClient, name: str = "cup.png", content: bytes = PICTURE) -> str:
    done = await client.files_upload_v2(filename=name, content=content)
    return str(done["files"][0]["id"])


def picture(file_id: str) -> list[dict[str, Any]]:
    return [{"type": "image", "slack_file": {"id": file_id}, "alt_text": "a cup"}]


async def refused_blocks(client: AsyncWebClient, desk: Channel, blocks: list[dict[str, Any]]) -> list[str]:
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=desk.id, text="x", blocks=blocks)
    assert caught.value.response["error"] == "invalid_blocks"
    return list(caught.value.response["response_metadata"]["messages"])


async def fetched(url: str, token: str | None) -> tuple[int, str, bytes]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession(trust_env=False) as http, http.get(url, headers=headers) as answer:
        return answer.status, answer.content_type, await answer.read()


class TestUpload:
    async def test_what_was_uploaded_in_two_steps_is_given_back_octet_by_octet(
        self, client: AsyncWebClient, workspace: Workspace
    ) -> None:
        file_id = await uploaded(client)
        shown = (await client.files_info(file=file_id))["file"]
        assert (shown["name"], shown["mimetype"], shown["filetype"]) == ("cup.png", "image/png", "png")
        assert (shown["size"], shown["original_w"], shown["shares"]) == (len(PICTURE), 8, {})
        given = await fetched(shown["url_private_download"], workspace.bot_token)
        assert given == (200, "image/png", PICTURE)

    async def test_posting_it_comes_after_the_answer_which_knows_no_ts(
        self, client: AsyncWebClient, workspace: Workspace, desk: Channel
    ) -> None:
        root = (await client.chat_postMessage(channel=desk.id, text="root"))["ts"]
        done = await client.files_upload_v2(
            filename="a.txt", content="hello", channel=desk.id, thread_ts=root, initial_comment="look"
        )
        assert done["files"][0]["shares"] == {}
        await until(lambda: len(workspace.thread(desk, root)) == 2, "the file is posted")
        posted = workspace.thread(desk, root)[1]
        assert (posted["text"], posted["files"][0]["name"], posted["subtype"]) == ("look", "a.txt", "file_share")

    async def test_without_its_octets_or_a_second_time_it_cannot_be_completed(
        self, client: AsyncWebClient, workspace: Workspace
    ) -> None:
        reserved = await client.files_getUploadURLExternal(filename="a.bin", length=3)
        complete = client.files_completeUploadExternal
        assert await refusal(complete(files=[{"id": reserved["file_id"]}])) == "file_not_found"
        async with aiohttp.ClientSession(trust_env=False) as http:
            async with http.post(reserved["upload_url"], data=b"four") as answer:
                assert answer.status == 400
            async with http.post(reserved["upload_url"], data=b"abc") as answer:
                assert await answer.text() == "OK - 3"
        await complete(files=[{"id": reserved["file_id"]}])
        assert await refusal(complete(files=[{"id": reserved["file_id"]}])) == "file_not_found"
        assert len(workspace.files) == 1

    async def test_an_app_without_the_scope_is_told_which_it_needs(
        self, client: AsyncWebClient, workspace: Workspace
    ) -> None:
        workspace.scopes -= {"files:write"}
        with pytest.raises(SlackApiError) as caught:
            await client.files_getUploadURLExternal(filename="a.bin", length=3)
        assert (caught.value.response["error"], caught.value.response["needed"]) == ("missing_scope", "files:write")

    async def test_a_deleted_file_is_gone_and_its_message_says_so(
        self, client: AsyncWebClient, workspace: Workspace, desk: Channel, ana: Person
    ) -> None:
        file_id = await uploaded(client)
        await client.files_delete(file=file_id)
        assert await refusal(client.files_info(file=file_id)) == "file_not_found"
        said = await ana.share(desk, [Upload("hers.txt", b"x")])
        assert await refusal(client.files_delete(file=said.message["files"][0]["id"])) == "cant_delete_file"


class TestPictureBlocks:
    async def test_a_picture_of_its_own_is_shown_and_a_view_may_show_it_too(
        self, client: AsyncWebClient, workspace: Workspace, desk: Channel, ana: Person
    ) -> None:
        file_id = await uploaded(client)
        posted = await client.chat_postMessage(channel=desk.id, text="x", blocks=picture(file_id))
        assert posted["message"]["blocks"][0]["slack_file"] == {"id": file_id}
        await client.views_open(trigger_id=workspace.trigger(ana.id), view=modal(*picture(file_id)))
        url = (await client.files_info(file=file_id))["file"]["url_private"]
        by_url = [{"type": "image", "slack_file": {"url": url}, "alt_text": "a cup"}]
        await client.chat_postMessage(channel=desk.id, text="x", blocks=by_url)

    async def test_until_it_is_processed_it_is_an_invalid_slack_file(
        self, client: AsyncWebClient, workspace: Workspace, desk: Channel
    ) -> None:
        workspace.files.processing = float("inf")
        file_id = await uploaded(client)
        assert (await client.files_info(file=file_id))["file"]["mimetype"] == ""
        complaint = ["[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]"]
        assert await refused_blocks(client, desk, picture(file_id)) == complaint
        workspace.files.finish()
        await client.chat_postMessage(channel=desk.id, text="x", blocks=picture(file_id))

    async def test_what_is_unknown_no_picture_or_nobodys_business_is_refused_wherever_it_stands(
        self, client: AsyncWebClient, workspace: Workspace, desk: Channel, ana: Person
    ) -> None:
        text = await uploaded(client, "fake.png", b"no picture")
        elsewhere = workspace.add_channel("elsewhere", bot=False)
        secret = (await ana.share(elsewhere, [Upload("secret.png", PICTURE)])).message["files"][0]["id"]
        for file_id in ("F00000000", text, secret):
            image = picture(file_id)[0]
            words = {"type": "mrkdwn", "text": "x"}
            section: dict[str, Any] = {"type": "section", "text": words, "accessory": image}
            blocks: list[dict[str, Any]] = [section, {"type": "context", "elements": [image]}]
            assert await refused_blocks(client, desk, blocks) == [
                "[ERROR] invalid slack file [json-pointer:/blocks/0/accessory/slack_file]",
                "[ERROR] invalid slack file [json-pointer:/blocks/1/elements/0/slack_file]",
            ]
        pattern = "[ERROR] input must match regex pattern: ^[F][A-Z0-9]{8,}$ [json-pointer:/blocks/0/slack_file/id]"
        assert await refused_blocks(client, desk, picture("https://example.com")) == [pattern]


class TestDownload:
    async def test_who_has_no_token_or_lacks_the_scope_gets_a_login_page(
        self, client: AsyncWebClient, workspace: Workspace
    ) -> None:
        url = (await client.files_info(file=await uploaded(client)))["file"]["url_private_download"]
        page = (200, "text/html")
        assert (await fetched(url, None))[:2] == page
        assert (await fetched(url, "xoxb-other"))[:2] == page
        workspace.scopes -= {"files:read"}
        assert (await fetched(url, workspace.bot_token))[:2] == page

    async def test_a_download_can_be_refused_cut_or_shortened(
        self, client: AsyncWebClient, workspace: Workspace
    ) -> None:
        url = (await client.files_info(file=await uploaded(client)))["file"]["url_private_download"]
        token = workspace.bot_token
        workspace.faults.next("download", status=401)
        assert (await fetched(url, token))[0] == 401
        workspace.faults.next("download", error="html")
        assert (await fetched(url, token))[1] == "text/html"
        workspace.faults.next("download", cut_answer=True)
        with pytest.raises(aiohttp.ClientError):
            await fetched(url, token)
        workspace.faults.next("download", truncated=True)
        assert (await fetched(url, token))[2] == PICTURE[: len(PICTURE) // 2]
        kinds = [call.fault for call in workspace.calls_of("download")]
        assert kinds == ["server_error", "html", "cut_answer", "truncated"]

    async def test_an_upload_that_is_reset_before_leaves_nothing_and_one_reset_after_is_there(
        self, client: AsyncWebClient, workspace: Workspace
    ) -> None:
        for trait, there in (("reset", False), ("reset_after", True)):
            reserved = await client.files_getUploadURLExternal(filename="a.bin", length=3)
            workspace.faults.next("upload", **{trait: True})
            async with aiohttp.ClientSession(trust_env=False) as http:
                with pytest.raises(aiohttp.ClientError):
                    await http.post(reserved["upload_url"], data=b"abc")
            file = workspace.files.find(reserved["file_id"])
            assert file is not None
            assert (file.content == b"abc") is there


class TestPeople:
    async def test_what_a_person_shares_reaches_the_app_and_can_be_fetched_by_it(
        self, workspace: Workspace, app: App, ana: Person, desk: Channel
    ) -> None:
        said = await ana.share(desk, [Upload("cup.png", PICTURE), Upload("note.txt", b"a note")], "look & see")
        event = app.events()[0]
        assert (event["subtype"], event["text"], event["user"]) == ("file_share", "look &amp; see", ana.id)
        assert [each["name"] for each in event["files"]] == ["cup.png", "note.txt"]
        assert (await fetched(event["files"][1]["url_private"], workspace.bot_token))[2] == b"a note"
        assert as_text(said.message).splitlines() == ["look & see", "📎 cup.png", "📎 note.txt"]

    async def test_more_than_ten_files_or_none_go_into_no_message(self, ana: Person, desk: Channel) -> None:
        for many in (0, 11):
            with pytest.raises(CannotDo):
                await ana.share(desk, [Upload("a.txt", b"a")] * many)


def file_field(**more: Any) -> dict[str, Any]:
    element = {"type": "file_input", "action_id": "files", **more}
    label = {"type": "plain_text", "text": "Files"}
    return {"type": "input", "block_id": "files", "label": label, "element": element, "optional": True}


class TestFileInput:
    async def test_its_files_come_with_the_submission(
        self, client: AsyncWebClient, workspace: Workspace, app: App, ana: Person
    ) -> None:
        await client.views_open(trigger_id=workspace.trigger(ana.id), view=modal(file_field()))
        done = await ana.submit(ana.modals()[-1]["id"], {"files": [Upload("cup.png", PICTURE)]})
        assert done.outcome == "closed"
        (file,) = done.payload["view"]["state"]["values"]["files"]["files"]["files"]
        assert (file["name"], file["mimetype"], file["size"]) == ("cup.png", "image/png", len(PICTURE))
        assert (await fetched(file["url_private"], workspace.bot_token))[2] == PICTURE

    async def test_the_client_refuses_too_many_too_large_and_other_types(
        self, client: AsyncWebClient, workspace: Workspace, ana: Person
    ) -> None:
        field = file_field(max_files=1, filetypes=["png", "txt"])
        await client.views_open(trigger_id=workspace.trigger(ana.id), view=modal(field))
        view_id = ana.modals()[-1]["id"]
        large = Upload("large.txt", b"x" * (10 * 1024 * 1024 + 1))
        for chosen in ([Upload("a.png", PICTURE)] * 2, [Upload("a.pdf", b"%PDF")], [large]):
            with pytest.raises(FormIncomplete):
                await ana.submit(view_id, {"files": chosen})
        assert len(workspace.files) == 0

    async def test_it_stands_in_input_blocks_of_modals_only_and_takes_ten_files_at_most(
        self, slack: Served, client: AsyncWebClient, workspace: Workspace, desk: Channel, ana: Person
    ) -> None:
        home = {"type": "home", "blocks": [file_field()]}
        assert await refusal(client.views_publish(user_id=ana.id, view=home)) == "invalid_arguments"
        in_actions = [{"type": "actions", "elements": [{"type": "file_input", "action_id": "files"}]}]
        assert "unsupported type: file_input" in (await refused_blocks(client, desk, in_actions))[0]
        eleven = modal(file_field(max_files=11))
        assert await refusal(client.views_open(trigger_id=workspace.trigger(ana.id), view=eleven)) == (
            "invalid_arguments"
        )
