"""What introduces a quote, in the words of many mailers and languages, and what of a customer's looks like it."""

import pytest

from connectors.email.quoting.split import split
from tests.connectors.email.mailers import BLOCKS, INTRODUCTIONS, SEPARATORS, block


class TestIntroductions:
    @pytest.mark.parametrize("language", INTRODUCTIONS)
    def test_with_a_quote_below_are_known(self, language: str) -> None:
        text = f"It is blue.\n\n{INTRODUCTIONS[language]}\n\n> Which colour?\n> And size?\n"
        found = split(text)
        assert (found.written, found.text) == ("It is blue.", text)
        assert found.quoted.startswith(INTRODUCTIONS[language][:6])

    @pytest.mark.parametrize("language", [each for each in INTRODUCTIONS if "@" in INTRODUCTIONS[each]])
    def test_are_known_where_the_quote_has_no_marks(self, language: str) -> None:
        text = f"It is blue.\n\n{INTRODUCTIONS[language]}\n\nWhich colour?\n"
        assert split(text).written == "It is blue."

    @pytest.mark.parametrize("language", [each for each in INTRODUCTIONS if "<max@" in INTRODUCTIONS[each]])
    def test_are_known_when_a_mailer_breaks_them_over_lines(self, language: str) -> None:
        broken = INTRODUCTIONS[language].replace("<max@shop.example>", "<\nmax@shop.example>")
        thrice = broken.replace("> ", ">\n", 1) if "> " in broken else broken
        name = INTRODUCTIONS[language].replace(" Max Muster", " Max\nMuster")
        for said in (broken, thrice, name):
            found = split(f"It is blue.\n\n{said}\n\n> Which colour?")
            assert found.written == "It is blue.", said

    def test_with_the_date_last_are_known_above_a_quote(self) -> None:
        assert split("Yes\n\nMax wrote (2026-11-23 10:00):\n> Is it?").written == "Yes"

    def test_follow_the_text_without_a_blank_line(self) -> None:
        assert split(f"It is blue.\n{INTRODUCTIONS['en']}\n> Which?").written == "It is blue."

    def test_that_a_customer_writes_in_sentences_of_their_own_are_not(self) -> None:
        for text in (
            "On Monday your colleague wrote:\nwe will send it on 12 May.\nBut nothing came.",
            "Your site says the following:\n10:00 to 18:00\nIs that true?",
            "On your remote host you can run:\n\n    telnet 127.0.0.1 52698\n\nThis should connect",
            "Am Montag, dem 12.5.2026, schrieb ich Ihnen:\nkeine Antwort.",
            "Meet me at 10:00:\nStation Road 5",
        ):
            assert split(text).written == text, text


class TestHeaderBlocks:
    @pytest.mark.parametrize("language", BLOCKS)
    @pytest.mark.parametrize("above", ["", "________________________________\n", "-----Original Message-----\n"])
    @pytest.mark.parametrize("bold", ["", "*"])
    def test_end_what_was_written(self, language: str, above: str, bold: str) -> None:
        text = f"It is blue.\n\n{above}{block(BLOCKS[language], bold=bold)}\n\nWhich colour?\n"
        found = split(text, subject="RE: Broken mug")
        assert (found.written, [each.kind for each in found.pieces]) == ("It is blue.", ["written", "quoted"])

    @pytest.mark.parametrize("separator", SEPARATORS)
    def test_separators_end_it_too(self, separator: str) -> None:
        assert split(f"It is blue.\n\n{separator}\nWhich colour?").written == "It is blue."

    def test_with_gaps_below_a_rule_end_it(self) -> None:
        text = "Yes\n\n-----\n\nFrom: Max <max@shop.example>\n\nSent: Monday\n\nTo: D\n\nSubject: x\n\nOld"
        assert split(text).written == "Yes"

    def test_long_lists_of_recipients_belong_to_the_block(self) -> None:
        many = ";\n ".join(f"Person {number} <p{number}@shop.example>" for number in range(8))
        text = f"Yes.\n\nFrom: Max\nSent: 23 Nov 2026\nTo: {many}\nSubject: Mug\n\nIs it?"
        assert split(text).written == "Yes."

    def test_lines_of_a_customers_own_are_not_dropped(self) -> None:
        for text in (
            "Please book:\nFrom: Berlin\nTo: Munich\nDate: 12 May 2026\nTwo people.",
            "From: my neighbour\nTo: you\nthe parcel went to the wrong house",
            "Von: Berlin\nNach: München\nDatum: 12.5.2026\nDanke",
            "Subject: mug\nit broke",
            "To: whom it may concern\nthe mug broke",
        ):
            assert split(text).written == text, text
