"""Telegram's updates, from bytes to values."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

from connectors.telegram import wire
from core.errors import BadSignature, Unreadable
from core.messages import Edited, Inbound, Moved, Pressed, Reachability, RemoteFile
from tests.connectors.telegram.updates import BOT, CHAT, GROUP, MIA, SECRET, message, posted, update
from tests.examples import tried

KEYS = ["message", "edited_message", "callback_query", "my_chat_member", "update_id", "chat", "from", "id", "text"]
KEYS += ["date", "photo", "document", "location", "contact", "message_id", "reply_to_message", "new_chat_member"]
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
KINDS = st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"])
FIELDS = st.dictionaries(st.sampled_from(KEYS), JSON, max_size=4)


def read(content: dict[str, Any]) -> tuple[Any, ...]:
    # The SDK's own reading of it must not fail: the updates of these tests are ones that Telegram could send.
    Update.de_json(json.loads(json.dumps(content)), None)
    return wire.parse(json.dumps(content).encode(), bot=BOT)


def inbound(**fields: Any) -> Inbound:
    (said,) = read(update(**fields))
    assert isinstance(said, Inbound)
    return said


class TestAdmit:
    def test_the_key_names_the_bot_and_the_update(self) -> None:
        assert wire.admit(posted(update(number=5)), bot=BOT, secret=SECRET) == f"{BOT}:5"

    @pytest.mark.parametrize("secret", ["", "a-Secret_", SECRET + "9", "ä", "\udcff"])
    def test_only_the_secret_opens(self, secret: str) -> None:
        with pytest.raises(BadSignature):
            wire.admit(posted(update(), secret=secret), bot=BOT, secret=SECRET)

    @pytest.mark.parametrize(
        "body", [b"", b"[]", b"\xff", b"{}", b'{"update_id": true}', b'{"update_id": "5"}', b"[" * 9999]
    )
    def test_what_is_no_update_has_a_key_of_its_bytes(self, body: bytes) -> None:
        key = wire.admit(posted(body), bot=BOT, secret=SECRET)
        assert key == wire.admit(posted(body), bot=BOT, secret=SECRET)
        assert key != wire.admit(posted(body + b" "), bot=BOT, secret=SECRET)


class TestMessage:
    def test_a_text_with_all_that_telegram_says_of_it(self) -> None:
        said = inbound(text="Grüße 👋", reply_to_message=message(message_id=7, text="?"))
        assert said == Inbound(
            key=f"{BOT}:4711:12",
            channel="telegram",
            account=BOT,
            sender="4711",
            sender_name="Mia Möller",
            text="Grüße 👋",
            sent_at=datetime.fromtimestamp(1_790_000_000, UTC),
            replies_to=f"{BOT}:4711:7",
            language="de",
        )

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"location": {"latitude": 52.5, "longitude": 13.4}}, "Location: 52.5, 13.4"),
            (
                {
                    "location": {"latitude": 52.5, "longitude": 13.4},
                    "venue": {
                        "location": {"latitude": 52.5, "longitude": 13.4},
                        "title": "Shop",
                        "address": "Torstr. 1",
                    },
                },
                "Location: 52.5, 13.4 (Shop, Torstr. 1)",
            ),
            ({"dice": {"emoji": "🎲", "value": 4}}, "Dice: 🎲 4"),
            (
                {
                    "sticker": {
                        "file_id": "S",
                        "file_unique_id": "s",
                        "width": 1,
                        "height": 1,
                        "type": "regular",
                        "is_animated": False,
                        "is_video": False,
                        "emoji": "🙃",
                    }
                },
                "Sticker: 🙃",
            ),
            (
                {"contact": {"phone_number": "49 151", "first_name": "Jo", "user_id": 5}},
                "Contact: Jo, 49 151",
            ),
        ],
    )
    def test_what_is_no_text_is_said_in_words(self, fields: dict[str, Any], words: str) -> None:
        said = inbound(**fields)
        assert (said.text, said.files) == (words, ())

    def test_of_a_photo_the_largest_size_is_the_file(self) -> None:
        sizes = [
            {"file_id": f"P{width}", "file_unique_id": f"p{width}", "width": width, "height": 10, "file_size": width}
            for width in (90, 800, 320)
        ]
        said = inbound(photo=sizes, caption="broken", media_group_id="77")
        assert said.files == (RemoteFile("P800", None, "image/jpeg", 800),)
        assert (said.text, said.extra) == ("broken", {"media_group_id": "77"})

    def test_a_document_has_the_name_type_and_size_that_it_says(self) -> None:
        said = inbound(
            document={
                "file_id": "D",
                "file_unique_id": "d",
                "file_name": "rechnung\0.pdf",
                "mime_type": "application/pdf",
                "file_size": 3_000_000_000,
            }
        )
        assert said.files == (RemoteFile("D", "rechnung�.pdf", "application/pdf", 3_000_000_000),)
        assert said.text == ""

    def test_an_animation_comes_once_although_it_is_a_document_too(self) -> None:
        both = {"file_id": "A", "file_unique_id": "a", "mime_type": "video/mp4"}
        said = inbound(animation={**both, "width": 1, "height": 1, "duration": 1}, document=both)
        assert said.files == (RemoteFile("A", None, "video/mp4", None),)

    @pytest.mark.parametrize(("kind", "content_type"), [("voice", "audio/ogg"), ("video_note", "video/mp4")])
    def test_what_comes_without_a_type_has_the_one_it_always_has(self, kind: str, content_type: str) -> None:
        found = {"file_id": "V", "file_unique_id": "v", "duration": 1, "length": 1}
        assert inbound(**{kind: found}).files == (RemoteFile("V", None, content_type, None),)

    @pytest.mark.parametrize(("text", "start"), [("/start", ""), ("/start order-78932", "order-78932"), ("hi", None)])
    def test_a_link_that_led_here_says_what_it_carried(self, text: str, start: str | None) -> None:
        assert inbound(text=text).start == start

    def test_text_that_cannot_be_stored_is_replaced(self) -> None:
        said = inbound(text="a\0b\ud83dc", chat={**CHAT, "first_name": "\0", "last_name": None})
        assert (said.text, said.sender_name) == ("a�b�c", "�")

    @pytest.mark.parametrize("date", [0, -5, 10**12, True, "x", None])
    def test_an_instant_that_is_none_is_left_open(self, date: object) -> None:
        (said,) = wire.parse(json.dumps(update(text="hi", date=date)).encode(), bot=BOT)
        assert isinstance(said, Inbound)
        assert said.sent_at is None


OWN = {"phone_number": "4915112345678", "first_name": "Mia", "user_id": 4711}


class TestPhone:
    def test_ones_own_contact_is_ones_number(self) -> None:
        assert inbound(contact=OWN).phone == "+4915112345678"

    @pytest.mark.parametrize(
        "fields",
        [
            {"contact": {**OWN, "user_id": 5}},
            {"contact": {"phone_number": "4915112345678", "first_name": "Mia"}},
            {"contact": {**OWN, "phone_number": "12"}},
            {"contact": OWN, "chat": GROUP},
            {
                "contact": OWN,
                "forward_origin": {"type": "hidden_user", "sender_user_name": "Jo", "date": 1_790_000_000},
            },
        ],
    )
    def test_any_other_is_not(self, fields: dict[str, Any]) -> None:
        assert inbound(**fields).phone is None


class TestGroup:
    def test_the_group_is_the_sender_and_the_member_stands_beside(self) -> None:
        said = inbound(text="/start here", chat=GROUP)
        assert (said.sender, said.sender_name, said.text) == ("-100200", "Order 78932", "/start here")
        assert (said.group, said.author, said.author_name) == (True, "4711", "Mia Möller")
        assert (said.start, said.language, said.extra) == (None, None, {})

    def test_so_does_the_member_who_edits(self) -> None:
        (said,) = read(update("edited_message", text="now", edit_date=1_790_000_060, chat=GROUP))
        assert isinstance(said, Edited)
        assert (said.sender, said.group, said.author, said.author_name) == ("-100200", True, "4711", "Mia Möller")

    @pytest.mark.parametrize("chat", [CHAT, {"id": 5, "type": ["group"]}, {"id": 5}])
    def test_any_other_chat_is_none_and_has_no_members(self, chat: dict[str, Any]) -> None:
        (said,) = wire.parse(json.dumps(update(text="hi", chat=chat)).encode(), bot=BOT)
        assert isinstance(said, Inbound)
        assert (said.group, said.author, said.author_name) == (False, None, None)

    @pytest.mark.parametrize(
        ("member", "author", "name"),
        [
            ({"id": 5, "first_name": "Ben:\n \u2028Anna\t", "last_name": "x" * 300}, "5", f"Ben: Anna {'x' * 190}"),
            ({"id": 5, "first_name": " \n", "username": "ben"}, "5", "ben"),
            ({"id": True, "first_name": ["Ben"]}, None, None),
        ],
    )
    def test_a_members_name_is_one_line_whatever_they_call_themselves(
        self, member: dict[str, Any], author: str | None, name: str | None
    ) -> None:
        sender: dict[str, Any] = {"from": member}
        (said,) = wire.parse(json.dumps(update(text="hi", chat=GROUP, **sender)).encode(), bot=BOT)
        assert isinstance(said, Inbound)
        assert (said.author, said.author_name) == (author, name)

    @pytest.mark.parametrize(("signed", "name"), [({}, None), ({"author_signature": "Owner"}, "Owner")])
    def test_an_admin_who_writes_as_the_group_is_a_person(self, signed: dict[str, str], name: str | None) -> None:
        nobody = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
        said = inbound(text="hi", chat=GROUP, sender_chat=GROUP, **signed, **{"from": nobody})
        assert (said.sender_name, said.author, said.author_name) == ("Order 78932", None, name)

    def test_a_group_that_became_another_moved_whichever_side_says_so(self) -> None:
        group = {"id": -5, "type": "group", "title": "Old"}
        moved = Moved("telegram", BOT, "-5", to="-100200")
        assert read(update(chat=group, migrate_to_chat_id=-100200)) == (moved,)
        assert read(update(chat=GROUP, migrate_from_chat_id=-5)) == (moved,)


class TestOthers:
    def test_an_edit_has_the_key_of_its_message(self) -> None:
        (said,) = read(update("edited_message", text="now", edit_date=1_790_000_060))
        at = datetime.fromtimestamp(1_790_000_060, UTC)
        assert said == Edited(f"{BOT}:4711:12", "telegram", BOT, "4711", "Mia Möller", "now", at)

    def test_a_press_names_our_message_and_what_it_carried(self) -> None:
        bot = {"id": int(BOT), "is_bot": True, "first_name": "Desk"}
        query = {"id": "99", "from": MIA, "chat_instance": "1", "data": "csat:5"}
        under = message(message_id=30, text="How was it?", **{"from": bot})
        (said,) = read({"update_id": 1, "callback_query": {**query, "message": under}})
        assert said == Pressed("99", "telegram", BOT, "4711", "Mia Möller", "csat:5", f"{BOT}:4711:30")

    @pytest.mark.parametrize(("status", "reachable"), [("kicked", False), ("left", False), ("member", True)])
    def test_blocking_and_unblocking(self, status: str, reachable: bool) -> None:
        member = {"user": {"id": int(BOT), "is_bot": True, "first_name": "Desk"}, "status": status, "until_date": 0}
        content = {"chat": CHAT, "from": MIA, "date": 1, "old_chat_member": member, "new_chat_member": member}
        assert read({"update_id": 1, "my_chat_member": content}) == (Reachability("telegram", BOT, "4711", reachable),)

    @pytest.mark.parametrize(
        "content",
        [
            {"update_id": 1},
            {"update_id": 1, "channel_post": message(text="x", chat={"id": -1, "type": "channel", "title": "News"})},
            {
                "update_id": 1,
                "message": message(text="beep") | {"from": {"id": 9, "is_bot": True, "first_name": "Other"}},
            },
            update(text="x", chat=GROUP, sender_chat={"id": -3, "type": "channel", "title": "News"}),
            update(chat=GROUP, new_chat_members=[MIA]),
            update("edited_message", location={"latitude": 1, "longitude": 2}),
        ],
    )
    def test_what_nobody_acts_on_says_nothing(self, content: dict[str, Any]) -> None:
        assert read(content) == ()


class TestAnything:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"null",
            b"{}",
            b'{"update_id": 1, "message": 5}',
            b'{"update_id": 1, "message": {"chat": {"id": 1}, "from": {"id": 1}, "text": "x"}}',
            b'{"update_id": 1, "message": {"chat": {"id": 1e5}, "message_id": 1}}',
            b'{"update_id": 1, "message": {"message_id": 1, "migrate_to_chat_id": 2}}',
            b'{"update_id": 1, "callback_query": {"data": "x", "message": {"chat": {"id": 1}, "message_id": 1}}}',
            b"[" * 100_000,
            b"9" * 5000,
        ],
    )
    def test_what_no_update_looks_like_is_unreadable(self, body: bytes) -> None:
        with pytest.raises(Unreadable):
            wire.parse(body, bot=BOT)

    @tried(60)
    @given(kind=KINDS, fields=FIELDS)
    def test_json_of_any_shape_is_read_or_unreadable(self, kind: str, fields: dict[str, Any]) -> None:
        with suppress(Unreadable):
            for said in wire.parse(json.dumps({"update_id": 1, kind: message(**fields)}).encode(), bot=BOT):
                str(said).encode()  # storable: no half of a surrogate pair


class TestFetched:
    def test_each_update_has_the_key_under_which_it_would_have_been_posted(self) -> None:
        updates = [update(number=5, text="\ud83d"), update(number=9, text="b")]
        fetched = wire.fetched(updates, "3", bot=BOT, url="https://x/hooks/telegram")
        assert [event.key for event in fetched.events] == [
            wire.admit(posted(one), bot=BOT, secret=SECRET) for one in updates
        ]
        assert fetched.cursor == "10"

    def test_a_poisoned_one_is_kept_and_confirmed_with_the_next(self) -> None:
        fetched = wire.fetched(["what?", update(number=9)], "3", bot=BOT, url="u")
        assert (len(fetched.events), fetched.cursor) == (2, "10")

    def test_nothing_new_leaves_the_cursor_where_it_was(self) -> None:
        assert wire.fetched([], "3", bot=BOT, url="u").cursor == "3"
