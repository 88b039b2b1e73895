"""Files as Slack shows them: pictures in place, a line for each, and names that are only words."""

import re

import pytest
from hypothesis import given

from bot.text import NOTHING
from bot.views.files import line
from bot.views.files_modal import files_modal
from bot.views.light_card import fallback_text, light_card
from bot.views.thread_entry import thread_entry
from bot.views.ticket_card import ticket_card
from emulators.slack import as_text
from tests.bot.cards import NOON, a_card, a_file, a_light_card, a_picture, an_entry
from tests.bot.views.hostile import names, texts, valid_message
from tests.examples import tried
from ticketing.attachments.attachment import FileState, ShownFile
from ticketing.attachments.previews import ListedFile

GONE, REFUSED, AWAITED = FileState.GONE, FileState.REFUSED, FileState.AWAITED


def unstored(state: FileState, why: str | None = None) -> ShownFile:
    return a_file(state=state, why=why, url=None, size=None)


class TestLine:
    @pytest.mark.parametrize(
        ("file", "shown"),
        [
            (a_file(url="https://desk.example/a?e=1&s=2"), "📎 <https://desk.example/a?e=1&amp;s=2|cup.jpg> · 230 KB"),
            (unstored(AWAITED), "⏳ *cup.jpg* is being fetched"),
            (unstored(AWAITED, "The scope is missing."), "⏳ *cup.jpg* is being fetched: The scope is missing."),
            (unstored(REFUSED, "It is larger than 25 MB."), "🚫 *cup.jpg* was not taken: It is larger than 25 MB."),
            (unstored(GONE, "Twilio has deleted it."), "🚫 *cup.jpg* cannot be fetched: Twilio has deleted it."),
        ],
    )
    def test_says_what_became_of_it_and_leads_to_it(self, file: ShownFile, shown: str) -> None:
        assert line(file) == shown

    @tried(60)
    @given(names)
    def test_a_name_never_links_mentions_or_ends_the_link_around_it(self, name: str) -> None:
        shown = line(a_file(name, url="https://desk.example/f"))
        assert shown.startswith("📎 <https://desk.example/f|")
        assert (shown.count("<"), shown.count(">"), shown.count("|")) == (1, 1, 1)
        label = shown.split("|")[1].split(">")[0]
        assert not set(label) & set("*~`:")
        assert re.search(r"(?<![^\W_])_|_(?![^\W_])", label) is None

    def test_a_cameras_name_stands_as_it_is(self) -> None:
        assert "|IMG_2026_11.jpg>" in line(a_file("IMG_2026_11.jpg"))


class TestEntry:
    def test_a_picture_stands_in_the_thread_with_a_link_to_the_whole(self) -> None:
        file = a_picture(url="https://desk.example/f")
        ((text, blocks),) = thread_entry(an_entry(text="Look!", attachments=(file,)))
        assert [block["type"] for block in blocks] == ["section", "section", "image", "section"]
        assert blocks[2] == {"type": "image", "slack_file": {"id": file.slack_file}, "alt_text": "cup.jpg"}
        assert as_text({"blocks": blocks[3:]}) == "📎 cup.jpg (https://desk.example/f) · 230 KB"
        assert text == "Anna Kowalski: Look!"

    def test_a_message_of_files_only_needs_no_words(self) -> None:
        ((text, blocks),) = thread_entry(an_entry(text=" ", attachments=(a_file(), a_file("b.pdf"))))
        assert text == "Anna Kowalski: 📎 2 files"
        assert "without text" not in as_text({"blocks": blocks})
        ((_, blocks),) = thread_entry(an_entry(text=" "))
        assert "(A message without text.)" in as_text({"blocks": blocks})

    def test_an_album_of_ten_pictures_is_one_post_that_slack_takes(self) -> None:
        ((_, blocks),) = thread_entry(an_entry(attachments=tuple(a_picture(f"IMG_{n}.jpg") for n in range(10))))
        assert [block["type"] for block in blocks].count("image") == 10
        assert as_text({"blocks": blocks}).count("https://desk.example/") == 10

    def test_where_a_long_text_is_divided_does_not_depend_on_what_becomes_of_its_files(self) -> None:
        text = "The parcel never came & nobody answers. " * 500
        before = thread_entry(an_entry(text=text, attachments=tuple(unstored(AWAITED) for _ in range(10))))
        after = thread_entry(an_entry(text=text, attachments=tuple(a_picture("图" * 100) for _ in range(10))))
        assert [texts(blocks) for _, blocks in before[1:]] == [texts(blocks) for _, blocks in after[1:]]
        assert before[0][1][1] == after[0][1][1]
        for _, blocks in (*before, *after):
            valid_message(blocks)

    def test_names_too_long_for_ten_links_lose_the_links_and_not_the_files(self) -> None:
        ((_, blocks),) = thread_entry(an_entry(text="", attachments=tuple(a_picture("图" * 120) for _ in range(10))))
        shown = as_text({"blocks": blocks})
        assert shown.count("📎") == 10
        assert "https://" not in shown


class TestCards:
    def test_a_light_card_shows_the_newest_picture_small_and_leads_to_the_newest_files(self) -> None:
        files = [a_picture(f"{n}.jpg", url=f"https://desk.example/{n}") for n in range(7)]
        card = a_light_card(last_words="Hi", attachments=(*files, a_file("bill.pdf", url="https://desk.example/8")))
        blocks = light_card(card)
        assert blocks[1]["accessory"]["slack_file"] == {"id": files[-1].slack_file}
        listed = as_text({"blocks": blocks[2:3]})
        assert listed.startswith("📎 3 earlier files\n📎 3.jpg (https://desk.example/3)")
        assert "📎 bill.pdf (https://desk.example/8)" in listed

    def test_a_light_card_of_files_only_names_them_in_place_of_words(self) -> None:
        card = a_light_card(last_words="", attachments=(a_file(),))
        assert as_text({"blocks": light_card(card)[1:2]}) == "📎 cup.jpg"
        assert fallback_text(card).endswith(": 📎 cup.jpg")
        assert NOTHING not in fallback_text(card)

    def test_a_ticket_with_files_offers_to_list_them(self) -> None:
        assert "[📎 2 files]" in as_text({"blocks": ticket_card(a_card(files=2))})
        assert "📎" not in as_text({"blocks": ticket_card(a_card(files=0))})

    def test_the_list_names_who_sent_each_and_leads_to_it(self) -> None:
        listed = [ListedFile(a_file("b.pdf", url="https://desk.example/b"), "Mia", NOON)]
        shown = as_text(files_modal(a_card(), listed), columns=120)
        assert "📎 b.pdf (https://desk.example/b) · 230 KB" in shown
        assert "Mia · 2026-11-23 12:00 UTC" in shown
        assert "There are no files" in as_text(files_modal(a_card(), []))
