"""`threadline email inspect`: what is in a mail, as data and as a page."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import cli
from tests.connectors.email.letters import letter, multipart

KEYS = [
    *("file", "message_id", "in_reply_to", "references", "from", "to", "cc", "reply_to", "date", "subject", "text"),
    *("reply_text", "html", "attachments", "automation", "opens_ticket", "defects"),
]
QUOTED = "It broke.\n\nOn Mon, 23 Nov 2026 at 10:00, Max <max@shop.example> wrote:\n> Is it blue?\n"


def inspected(*arguments: str | Path, given: bytes = b"") -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["email", "inspect", *map(str, arguments)], input=given)
    return result.exit_code, result.stdout, result.stderr


def data(raw: bytes, *arguments: str) -> dict[str, Any]:
    code, out, _ = inspected("-", "--json", *arguments, given=raw)
    assert code == 0
    found = json.loads(out)
    assert isinstance(found, dict)
    return found


class TestJson:
    def test_has_exactly_these_keys(self) -> None:
        assert list(data(letter())) == KEYS

    def test_says_what_is_in_a_mail(self) -> None:
        part = "Content-Type: application/pdf; name=../../etc/x.pdf\nContent-Disposition: attachment\n\n%PDF-"
        content_type, body = multipart(f"Content-Type: text/plain\n\n{QUOTED}", part)
        found = data(
            letter(body, Content_Type=content_type, In_Reply_To="<o@shop.example>", References="<a@x> <o@shop.example>")
        )
        assert found["from"] == {"name": "Dana Customer", "address": "dana@customer.example"}
        assert found["to"] == [{"name": "Support", "address": "desk@shop.example"}]
        assert (found["message_id"], found["in_reply_to"]) == ("m1@customer.example", "o@shop.example")
        assert found["references"] == ["a@x", "o@shop.example"]
        assert found["date"] == "2026-11-23T10:00:00+01:00"
        assert (found["reply_text"], found["text"].strip()) == ("It broke.", QUOTED.strip())
        assert found["attachments"] == [
            {"filename": "x.pdf", "content_type": "application/pdf", "size": 5, "inline": False, "content_id": None}
        ]
        assert (found["automation"], found["opens_ticket"], found["defects"]) == ("none", True, [])

    @pytest.mark.parametrize(
        ("headers", "arguments", "automation"),
        [
            ({}, (), "none"),
            ({"Auto-Submitted": "auto-replied"}, (), "auto_reply"),
            ({"List-Id": "<x.example>"}, (), "list"),
            ({"From": "desk@shop.example"}, ("--own", "desk@shop.example"), "own"),
            ({"X-Spam-Flag": "YES"}, (), "spam"),
            ({"X-Failed-Recipients": "gone@x.example"}, (), "bounce"),
            ({"List-Id": "<x.example>"}, ("--own-list", "x.example"), "none"),
        ],
    )
    def test_names_machines(self, headers: dict[str, str], arguments: tuple[str, ...], automation: str) -> None:
        found = data(letter(**headers), *arguments)
        assert (found["automation"], found["opens_ticket"]) == (automation, automation == "none")

    def test_is_a_line_for_each_file_and_goes_on_after_one_that_cannot_be_read(self, tmp_path: Path) -> None:
        (tmp_path / "a.eml").write_bytes(letter(Subject="A"))
        (tmp_path / "b.eml").write_bytes(b"\xff\x00garbage")
        code, out, err = inspected(tmp_path / "a.eml", tmp_path / "none.eml", tmp_path, tmp_path / "b.eml", "--json")
        lines = [json.loads(line) for line in out.splitlines()]
        assert [line["file"] for line in lines] == [str(tmp_path / "a.eml"), str(tmp_path / "b.eml")]
        assert lines[0]["subject"] == "A"
        assert code == 2
        assert "none.eml cannot be read: No such file or directory." in err
        assert err.count("cannot be read") == 2


class TestPage:
    def test_tells_what_it_is_and_why_and_what_was_written(self) -> None:
        said = "mx.shop.example; dmarc=pass header.from=customer.example"
        raw = letter(QUOTED, Authentication_Results=said, In_Reply_To="<o@shop.example>")
        code, out, _ = inspected("-", "--authserv-id", "mx.shop.example", given=raw)
        assert code == 0
        for words in (
            "A person's mail: it opens a ticket and may be acknowledged.",
            "Dana Customer <dana@customer.example>",
            "verified: dmarc=pass for customer.example",
            "answers o@shop.example",
            "Written\n  It broke.",
            "Quoted\n  On Mon",
        ):
            assert words in out

    def test_says_what_files_are_by_their_bytes(self) -> None:
        part = "Content-Type: image/png; name=a.png\nContent-Disposition: attachment\n\n%PDF-1.7"
        content_type, body = multipart("Content-Type: text/plain\n\nx", part)
        assert (
            "a.png · application/pdf (it says image/png) · 8 bytes"
            in inspected("-", given=letter(body, Content_Type=content_type))[1]
        )

    def test_words_of_others_cannot_steer_the_terminal(self) -> None:
        evil = "\x1b[2J\x1b]0;owned\x07\u202eevil[red]"
        content_type, body = multipart(
            f"Content-Type: text/plain; charset=utf-8\n\n{evil}\n> {evil}",
            f'Content-Type: "{evil}/b"; name="{evil}"\n\nx',
        )
        raw = letter(body, Content_Type=content_type, Subject=evil, From=f"{evil} <a@b.example>", Auto_Submitted=evil)
        _, out, _ = inspected("-", given=raw)
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert "\x07" not in out
        assert "[red]" in out

    def test_of_a_bounce_names_who_was_not_reached(self) -> None:
        raw = letter("No.", X_Failed_Recipients="gone@x.example", From="MAILER-DAEMON@x.example")
        _, out, _ = inspected("-", given=raw)
        assert "A bounce: it opens no ticket and gets no automatic answer." in out
        assert "gone@x.example" in out

    def test_of_nothing_says_so(self) -> None:
        code, out, _ = inspected("-", given=b"")
        assert code == 0
        assert "There is no text." in out
        assert "nobody is named as its sender" in out
