"""What we send, as Twilio is asked to send it; and what is refused before it is asked."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest

from connectors.whatsapp import outgoing
from core.errors import MessageRefused, MessageTooLong
from core.messages import Button, Outbound, OutboundFile, TemplateUse
from tests.connectors.whatsapp.forms import STATUSES

MEGABYTE = 1024 * 1024
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def outbound(text: str = "On its way!", **more: object) -> Outbound:
    return replace(Outbound(UUID(int=7), "+14155550100", "+4915112345678", text), **more)  # type: ignore[arg-type]


def file(content_type: str = "application/pdf", size: int = 7) -> OutboundFile:
    async def nothing() -> AsyncIterator[bytes]:
        yield b""

    return OutboundFile("label.pdf", content_type, size, "https://desk.example.com/files/7?sig=x", nothing)


def values(message: Outbound) -> dict[str, object]:
    return outgoing.outbound(message, status_url=STATUSES)


class TestText:
    def test_addresses_the_message_and_asks_to_hear_what_became_of_it(self) -> None:
        assert values(outbound()) == {
            "from_": "whatsapp:+14155550100",
            "to": "whatsapp:+4915112345678",
            "body": "On its way!",
            "status_callback": f"{STATUSES}?m={UUID(int=7)}",
        }

    def test_counts_an_emoji_as_two_characters(self) -> None:
        values(outbound("🙂" * 800))
        with pytest.raises(MessageTooLong, match="1,602 characters"):
            values(outbound("🙂" * 801))

    @pytest.mark.parametrize("text", ["", "  \n"])
    def test_refuses_to_send_nothing(self, text: str) -> None:
        with pytest.raises(MessageRefused):
            values(outbound(text))

    def test_sends_text_that_no_charset_can_carry_with_a_mark_in_its_place(self) -> None:
        assert values(outbound("a\ud800b\0"))["body"] == "a?b\ufffd"

    def test_there_are_no_buttons(self) -> None:
        with pytest.raises(MessageRefused):
            values(outbound(buttons=(Button("Yes", "y"),)))


class TestFile:
    def test_goes_by_its_address_with_its_caption_or_alone(self) -> None:
        sent = values(outbound("Your label", file=file()))
        assert (sent["body"], sent["media_url"]) == ("Your label", ["https://desk.example.com/files/7?sig=x"])
        assert "body" not in values(outbound("", file=file()))

    @pytest.mark.parametrize(
        ("content_type", "most"),
        [
            ("image/jpeg", 5),
            ("image/PNG; x=1", 5),
            ("video/mp4", 16),
            ("audio/ogg; codecs=opus", 16),
            ("application/pdf", 16),
            (DOCX, 16),
            ("image/gif", 0),
            ("image/svg+xml", 0),
            ("application/zip", 0),
            ("text/html", 0),
            ("", 0),
        ],
    )
    def test_how_large_one_may_be_depends_on_its_kind(self, content_type: str, most: int) -> None:
        assert outgoing.LIMITS.file(content_type) == most * MEGABYTE

    def test_one_that_is_too_large_or_not_taken_is_refused_in_words(self) -> None:
        values(outbound(file=file("image/png", 5 * MEGABYTE)))
        with pytest.raises(MessageRefused, match=r"5\.1 MB and WhatsApp takes 5 MB"):
            values(outbound(file=file("image/png", 5 * MEGABYTE + 100_000)))
        with pytest.raises(MessageRefused, match="no files of this kind"):
            values(outbound(file=file("application/zip")))

    def test_a_caption_is_shorter_than_a_text(self) -> None:
        values(outbound("x" * outgoing.LIMITS.caption("image/jpeg"), file=file()))
        with pytest.raises(MessageTooLong, match="with a file 1,024"):
            values(outbound("x" * 1025, file=file()))

    def test_text_that_would_be_lost_with_a_sound_is_refused(self) -> None:
        values(outbound("", file=file("audio/mpeg")))
        with pytest.raises(MessageRefused, match="sound"):
            values(outbound("Listen", file=file("audio/mpeg")))


class TestTemplate:
    def test_goes_by_its_id_with_its_variables_and_nothing_else(self) -> None:
        used = TemplateUse("HX1", {"1": "Mia", "order": 'n°7 "🙂"'})
        sent = values(outbound("Hello Mia", template=used))
        assert sent["content_sid"] == "HX1"
        assert json.loads(str(sent["content_variables"])) == {"1": "Mia", "order": 'n°7 "🙂"'}
        assert "body" not in sent

    def test_one_without_variables_needs_no_text_either(self) -> None:
        assert "content_variables" not in values(outbound("", template=TemplateUse("HX1", {})))

    def test_a_variable_over_the_limit_is_refused(self) -> None:
        with pytest.raises(MessageTooLong, match=r"\{\{1\}\}"):
            values(outbound(template=TemplateUse("HX1", {"1": "x" * 1601})))
