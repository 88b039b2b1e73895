"""Our messages as Telegram wants them: marks, lengths, buttons, files."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest

from connectors.telegram import formatting
from connectors.telegram.outbound import LIMITS, Sending, sending
from core.errors import MessageRefused, MessageTooLong, RecipientGone
from core.messages import Button, Outbound, OutboundFile, TemplateUse
from tests.connectors.telegram.updates import BOT

MB = 1024 * 1024


def outbound(text: str = "hi") -> Outbound:
    return Outbound(UUID(int=7), BOT, "4711", text)


async def _no_bytes() -> AsyncIterator[bytes]:
    yield b"x"


def a_file(content_type: str, size: int = 10) -> OutboundFile:
    return OutboundFile("photo.jpg", content_type, size, "https://desk.example.com/files/1", _no_bytes)


class TestFormatting:
    @pytest.mark.parametrize(
        ("text", "html", "read"),
        [
            ("*bold* _it_ ~no~", "<b>bold</b> <i>it</i> <s>no</s>", "bold it no"),
            ("*_both_*", "<b><i>both</i></b>", "both"),
            ("(*x*), *y*!", "(<b>x</b>), <b>y</b>!", "(x), y!"),
            ("`a*b*<c>`", "<code>a*b*&lt;c&gt;</code>", "a*b*<c>"),
            ("```one\n_two_```", "<pre>one\n_two_</pre>", "one\n_two_"),
            ("2*3*4 snake_case_name a~b~c", "2*3*4 snake_case_name a~b~c", "2*3*4 snake_case_name a~b~c"),
            ("* one\n* two *", "* one\n* two *", "* one\n* two *"),
            ("https://x.de/_a_/*b*", "https://x.de/_a_/*b*", "https://x.de/_a_/*b*"),
            ("<b>&amp;", "&lt;b&gt;&amp;amp;", "<b>&amp;"),
            ("` ` ```   ```", "` ` ```   ```", "` ` ```   ```"),
        ],
    )
    def test_the_marks_become_html_and_everything_else_stays(self, text: str, html: str, read: str) -> None:
        assert (formatting.html(text), formatting.plain(text)) == (html, read)

    def test_length_counts_what_is_read_in_utf_16(self) -> None:
        assert formatting.length("*fünf* 🙂") == 7


class TestSending:
    def test_a_text(self) -> None:
        planned = sending(replace(outbound(" *Hi* <3 \ud83d\0"), replies_to=f"{BOT}:4711:12"))
        assert planned == Sending(4711, "text", "<b>Hi</b> &lt;3 ��", True, "Hi <3 ��", (), 12, None)

    def test_an_answer_to_a_message_of_another_chat_answers_none(self) -> None:
        assert sending(replace(outbound(), replies_to=f"{BOT}:-5:12")).replies_to is None

    def test_marks_do_not_count(self) -> None:
        assert sending(outbound(f"*{'x' * 4096}*")).plain == "x" * 4096
        with pytest.raises(MessageTooLong):
            sending(outbound(f"*{'x' * 4097}*"))

    def test_a_caption_is_shorter_than_a_text_and_may_be_missing(self) -> None:
        with_file = replace(outbound("x" * 1025), file=a_file("application/pdf"))
        with pytest.raises(MessageTooLong, match="send it by itself"):
            sending(with_file)
        assert sending(replace(with_file, text="")).text == ""

    @pytest.mark.parametrize(
        ("content_type", "size", "kind"),
        [
            ("image/jpeg", 10 * MB, "photo"),
            ("image/jpeg", 10 * MB + 1, "document"),
            ("image/gif", 1, "animation"),
            ("video/mp4", 50 * MB, "video"),
            ("audio/ogg; codecs=opus", 1, "voice"),
            ("audio/mpeg", 1, "audio"),
            ("application/pdf", 1, "document"),
        ],
    )
    def test_a_file_goes_as_what_it_is(self, content_type: str, size: int, kind: str) -> None:
        assert size <= LIMITS.file(content_type)
        assert sending(replace(outbound(), file=a_file(content_type, size))).kind == kind

    @pytest.mark.parametrize(
        "message",
        [
            outbound(" \n"),
            replace(outbound(), template=TemplateUse("HX1", {})),
            replace(outbound(), file=a_file("image/png", LIMITS.file("image/png") + 1)),
            replace(outbound(), file=a_file("image/png", 0)),
            replace(outbound(), buttons=(Button("Yes", "ä" * 33),)),
            replace(outbound(), buttons=(Button(" ", "x"),)),
            replace(outbound(), buttons=(Button("Yes", "x"),) * 101),
        ],
    )
    def test_what_telegram_could_never_take_is_refused_in_words(self, message: Outbound) -> None:
        with pytest.raises(MessageRefused) as refused:
            sending(message)
        assert ":" in refused.value.message or "," in refused.value.message

    def test_short_buttons_stand_side_by_side(self) -> None:
        short = tuple(Button(str(number), f"csat:{number}") for number in range(1, 6))
        assert sending(replace(outbound(), buttons=short)).buttons == (short[:3], short[3:])
        long = (Button("Yes, it is solved", "y"), Button("No", "n"))
        assert sending(replace(outbound(), buttons=long)).buttons == (long[:1], long[1:])

    @pytest.mark.parametrize("recipient", ["", "@mia", "+4915112345678", "4" * 30])
    def test_what_is_no_chat_cannot_be_reached(self, recipient: str) -> None:
        with pytest.raises(RecipientGone):
            sending(replace(outbound(), recipient=recipient))


class TestSimpler:
    def test_html_that_telegram_cannot_read_goes_as_plain_text(self) -> None:
        simpler = sending(outbound("*a* b")).simpler("Can't parse entities: unsupported start tag")
        assert simpler is not None
        assert (simpler.text, simpler.is_html) == ("a b", False)
        assert simpler.simpler("Can't parse entities") is None

    def test_a_picture_that_is_none_for_telegram_goes_as_a_document(self) -> None:
        simpler = sending(replace(outbound(), file=a_file("image/png"))).simpler("PHOTO_INVALID_DIMENSIONS")
        assert simpler is not None
        assert simpler.kind == "document"
        assert simpler.simpler("PHOTO_INVALID_DIMENSIONS") is None

    def test_nothing_is_simpler_for_any_other_refusal(self) -> None:
        assert sending(outbound("*a*")).simpler("Chat not found") is None
