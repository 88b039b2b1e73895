"""What was written, quoted, signed and passed on. Nothing is ever lost, and no text takes long."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.quoting.marks import REPLY_ABOVE, bare_subject, is_mobile_signature, passes_on
from connectors.email.quoting.pieces import Kind, Split
from connectors.email.quoting.split import split
from tests.connectors.email.mailers import BLOCKS, INTRODUCTIONS, block
from tests.examples import tried


def kinds(found: Split) -> list[str]:
    return [piece.kind.value for piece in found.pieces]


class TestQuotes:
    def test_at_the_end_are_collapsed(self) -> None:
        found = split("Blue.\n\n> Which colour?\n>> The mug broke.\n\n")
        assert (found.written, kinds(found)) == ("Blue.", ["written", "quoted", "written"])

    def test_between_answers_stay_and_the_rest_below_the_last_answer_goes(self) -> None:
        text = f"{INTRODUCTIONS['en']}\n\n> Which colour?\nBlue.\n\n> Which size?\nLarge.\n\n> Bye\n> Max\n"
        found = split(text)
        assert found.written == text.split("\n\n> Bye")[0]
        assert found.quoted == "> Bye\n> Max"

    def test_above_the_whole_answer_are_collapsed(self) -> None:
        assert split(f"{INTRODUCTIONS['en']}\n> Which colour?\n\nBlue.").written == "Blue."

    def test_do_not_take_along_what_stands_above_their_introduction(self) -> None:
        assert split("I bought it in 2025\nMax wrote:\n> Which?").written == "I bought it in 2025"
        assert split(f"Thanks\n{INTRODUCTIONS['tr']}\n> Which?").written == "Thanks"

    def test_alone_leave_nothing_written(self) -> None:
        assert split(f"{INTRODUCTIONS['de']}\n> Which colour?").written == ""

    def test_a_text_without_any_is_one_piece(self) -> None:
        assert kinds(split("Just\n\nwords")) == ["written"]
        assert split("").pieces == ()


class TestMarker:
    def test_our_own_line_ends_what_was_written_in_any_language(self) -> None:
        text = f"Thanks!\n\n19 ნოე 2026 10:00, დანა დაწერა:\n\n> {REPLY_ABOVE}\n> Which colour?\n"
        found = split(text)
        assert found.written.startswith("Thanks!")
        assert "Which colour" in found.quoted
        assert split(f"Thanks!\n{REPLY_ABOVE}\nWhich colour?").written == "Thanks!"

    def test_who_writes_below_it_is_heard(self) -> None:
        assert "Blue" in split(f"> {REPLY_ABOVE}\n> Which colour?\nBlue.").written


class TestSignatures:
    @pytest.mark.parametrize(
        "line",
        [
            *("Sent from my iPhone", "Von meinem iPhone gesendet", "Envoyé de mon iPhone", "Enviado desde mi iPhone"),
            *("Inviato da iPhone", "Enviado do meu iPhone", "Verzonden vanaf mijn iPhone", "Wysłane z iPhone'a"),
            *("Skickat från min iPhone", "Sendt fra min iPhone", "Lähetetty iPhonesta", "Odesláno z iPhonu"),
            *(
                "iPhone'umdan gönderildi",
                "Отправлено с iPhone",
                "iPhoneから送信",
                "发自我的 iPhone",
                "나의 iPhone에서 보냄",
            ),
            *(
                "Get Outlook for iOS<https://aka.ms/x>",
                "Gesendet von Outlook für Android",
                "Sent from Proton Mail for iOS",
            ),
        ],
    )
    def test_of_telephones_are_marked(self, line: str) -> None:
        found = split(f"It broke.\n\n{line}\n\n{INTRODUCTIONS['en']}\n> Which?")
        assert (found.written, found.signature) == ("It broke.", line)

    def test_that_are_sentences_of_a_customers_are_not(self) -> None:
        for line in (
            "Sent from my desk, is much easier than my telephone.",
            "Von meiner Bestellung fehlt ein Teil",
            "Verzonden met PostNL op maandag",
            "Sent from Berlin by DHL",
            "Inviato dalla Germania",
        ):
            assert not is_mobile_signature(line)

    def test_below_two_dashes_are_marked_above_and_below_a_quote(self) -> None:
        above = split(f"It broke.\n-- \nDana\nMug Street 1\n\n{INTRODUCTIONS['en']}\n> Which?")
        assert (above.written, above.signature) == ("It broke.", "-- \nDana\nMug Street 1")
        below = split(f"It broke.\n\n{INTRODUCTIONS['en']}\n> Which?\n\n--\nDana")
        assert (below.written, below.signature) == ("It broke.", "--\nDana")

    def test_dashes_that_part_a_long_letter_are_none(self) -> None:
        text = "First.\n--\n" + "\n".join(f"Line {number}" for number in range(30))
        assert split(text).written == text

    def test_a_mail_of_nothing_else_is_shown(self) -> None:
        assert split("-- \nDana").written == "-- \nDana"
        assert split("Sent from my iPhone").written == "Sent from my iPhone"


class TestForwarded:
    @pytest.mark.parametrize(
        "separator",
        [
            *("---------- Forwarded message ---------", "---------- Weitergeleitete Nachricht ---------"),
            *(
                "---------- Message transféré ---------",
                "---------- Mensaje reenviado ---------",
                "Begin forwarded message:",
            ),
            *(
                "Anfang der weitergeleiteten Nachricht:",
                "-------- Пересылаемое сообщение --------",
                "---------- 転送メッセージ ---------",
            ),
        ],
    )
    def test_messages_are_news_and_say_whose_they_are(self, separator: str) -> None:
        said = (
            "From: Max <max@shop.example>\nDate: Mon, 23 Nov 2026 10:00:00 +0100\nSubject: Mug\nTo: Dana\n\nIt is blue."
        )
        found = split(f"See below.\n\n{separator}\n{said}", subject="Fwd: Mug")
        assert found.written.endswith("It is blue.")
        assert kinds(found) == ["written", "forwarded"]
        assert found.forwarded is not None
        assert (found.forwarded.sender, found.forwarded.subject) == ("Max <max@shop.example>", "Mug")
        assert found.forwarded.at is not None

    def test_outlooks_block_is_news_where_the_subject_says_so(self) -> None:
        text = f"FYI\n\n{block(BLOCKS['de'])}\n\nDie Tasse ist blau."
        assert split(text, subject="WG: Broken mug").written.endswith("Die Tasse ist blau.")
        assert split(text, subject="AW: WG: Broken mug").written == "FYI"

    def test_subjects_tell_forwarding_from_answering(self) -> None:
        assert [each for each in ("Fwd: a", "FW: a", "WG: a", "TR: a", "转发：a") if not passes_on(each)] == []
        assert [each for each in ("Re: Fwd: a", "AW: a", "a", "Mug: broken", "") if passes_on(each)] == []
        assert bare_subject("AW: Re[2]: WG:  The mug") == "The mug"


PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "It broke.",
                "\n",
                "\n\n",
                "> ",
                ">> a\n",
                "-- \n",
                "--\n",
                "Sent from my iPhone\n",
                ":",
                "@",
                " ",
                "\r\n",
            ),
            *("-----Original Message-----\n", "____________\n", "From: a@b.example\n", "Sent: 1.1.2026\n", "To: c\n"),
            *(
                "Subject: d\n",
                "On Mon, 23 Nov 2026 at 10:00, ",
                "<a@b.example> wrote:\n",
                REPLY_ABOVE,
                "\u2028",
                "\x0b",
            ),
            *("Begin forwarded message:\n", "schrieb", "2026", "\ufdd2", "\ufdd0", "写道：\n", "\x85", "\x1c"),
        ]
    )
    | st.text(max_size=20),
    max_size=60,
).map("".join)


class TestSplit:
    @given(text=PIECES, subject=st.sampled_from(["", "Re: a", "Fwd: a"]))
    @tried(2000)
    def test_loses_nothing_whatever_the_text(self, text: str, subject: str) -> None:
        found = split(text, subject=subject)
        plain = text.translate(dict.fromkeys((0xFDD0, 0xFDD1, 0xFDD2)))
        assert found.text == plain
        assert all(piece.text for piece in found.pieces)
        shown = [piece for piece in found.pieces if piece.kind in (Kind.WRITTEN, Kind.FORWARDED)]
        assert all(piece in found.pieces for piece in shown)

    @pytest.mark.parametrize(
        "hostile",
        [
            *(
                "On ",
                "On \n",
                "\n",
                "\r\n",
                "> ",
                ">\n",
                ">",
                ":\n",
                "1:\n",
                "From:\n",
                "From: a\nTo: b\n",
                "To:\n",
                "--\n",
            ),
            *(
                "-- \na\n",
                "a\n> b\n",
                "sent from my x\n> y\n",
                '"',
                "-----\n",
                "_",
                f"{REPLY_ABOVE}\n",
                "x" * 395 + ":\n",
            ),
            *("On 10:00 2026 a@b.cd x:\n> q\n", " ", " \n", "\u2028", "Von: x@y\nGesendet: 1\n", "On wrote:\n>\n"),
            *("-----Original ", "Sent from ", "wrote:\n", "\ufdd2\n", "\ufdd2a\n> b\n", "=\n", "a@b"),
        ],
    )
    def test_takes_no_longer_than_the_text_is(self, hostile: str) -> None:
        text = (hostile * (1_000_000 // len(hostile) + 1))[:1_000_000]
        started = time.monotonic()
        split(text)
        assert time.monotonic() - started < 5  # what is not linear takes minutes
