"""Whose mail it is that somebody passes on."""

import time

import pytest

from connectors.email import limits
from connectors.email.mail import Address
from connectors.email.quoting.forwarding import passed_on
from tests.connectors.email.letters import mail, of_parts
from tests.connectors.email.mailers import BLOCKS, block

MIA, TOM = "Mia <mia@desk.example>", "Tom <tom@desk.example>"
MAX = Address("Max Muster", "max@shop.example")
GMAIL = "---------- Forwarded message ---------\nFrom: {}\nDate: Mon, 23 Nov 2026 10:00\nSubject: {}\nTo: Mia\n\n"


def sender(body: str, *, by: str = MIA, subject: str = "Fwd: Mug") -> Address | None:
    found = passed_on(mail(body, From=by, Subject=subject))
    return found.sender if found else None


def words(body: str, *, subject: str = "Fwd: Mug") -> str | None:
    found = passed_on(mail(body, From=MIA, Subject=subject))
    return found.words if found else None


class TestSender:
    @pytest.mark.parametrize("language", BLOCKS)
    def test_is_the_sender_in_outlooks_block_in_every_language(self, language: str) -> None:
        body = f"Please look.\n\n{block(BLOCKS[language])}\n\nThe mug is blue."
        assert sender(body, subject="FW: Mug") == MAX

    @pytest.mark.parametrize("quoted", ["", "> "])
    def test_is_the_sender_below_a_separator(self, quoted: str) -> None:
        said = "From: Max Muster <max@shop.example>\nSubject: Mug\nDate: 23 Nov 2026\nTo: Mia\n\nIt is blue."
        body = "FYI\n\nBegin forwarded message:\n\n" + "\n".join(f"{quoted}{line}" for line in said.split("\n"))
        assert sender(body) == MAX

    def test_of_what_a_colleague_passed_on_to_a_colleague_is_the_innermost(self) -> None:
        outer, inner = GMAIL.format(TOM, "Fwd: Mug"), GMAIL.format("Max Muster <max@shop.example>", "Mug")
        assert sender(f"{outer}Mia, yours?\n\n{inner}It is blue.") == MAX
        labels = f"{block(('From', 'Sent', 'To', 'Subject'))}".replace("Max Muster <max@shop.example>", TOM)
        nested = f"{labels.replace('Subject: ', 'Subject: FW: ')}\n\n{block(BLOCKS['de'])}\n\nBlau."
        assert sender(nested, subject="FW: Mug") == MAX

    def test_of_what_a_stranger_says_that_they_passed_on_is_the_stranger(self) -> None:
        outer = GMAIL.format("Max Muster <max@shop.example>", "Fwd: Mug")
        assert sender(f"{outer}{GMAIL.format('The boss <boss@bank.example>', 'Mug')}Pay.") == MAX

    def test_of_a_thread_is_who_wrote_last_in_it(self) -> None:
        outer = GMAIL.format("Max Muster <max@shop.example>", "Re: Mug")
        older = block(BLOCKS["en"]).replace("max@shop.example", "desk@desk.example")
        assert sender(f"{outer}It is blue.\n\n{older}\n\nWhich colour?") == MAX
        ours = GMAIL.format(TOM, "Re: Mug")
        assert sender(f"{ours}It is blue.\n\n{older}\n\nWhich colour?") == Address("Tom", "tom@desk.example")

    def test_is_nobody_where_nothing_is_passed_on_or_no_address_stands(self) -> None:
        assert sender("The mug is blue.") is None
        assert sender(f"No.\n\n{block(BLOCKS['en'])}\n\nThe mug is blue.", subject="Re: Mug") is None
        assert sender(f"{GMAIL.format('Muster, Max', 'Mug')}It is blue.") is None
        assert sender(f"{GMAIL.format('a@x.example, b@x.example', 'Mug')}It is blue.") is None
        assert sender(GMAIL.format("Max <max@shop.example>", "Mug") + "Blue.", by="Mia") == Address(
            "Max", "max@shop.example"
        )

    def test_takes_no_longer_than_the_mail_asks_for(self) -> None:
        block_ = GMAIL.format(TOM, "Fwd: Mug")
        bodies = [
            block_ * 5000,
            block_ + "From: a\n" * 60_000,
            block_ + "From:\n\n" * 60_000,
            block_ + "---\n" * 90_000,
        ]
        read = [mail(body[: limits.TEXT], From=MIA, Subject="Fwd: Mug") for body in bodies]
        began = time.process_time()
        for each in read:
            passed_on(each)
        assert time.process_time() - began < 2


class TestWords:
    def test_are_those_of_whose_it_is_without_those_of_who_passed_it_on(self) -> None:
        inner = GMAIL.format("Max Muster <max@shop.example>", "Mug")
        assert words(f"Yours?\n\n{inner}It is blue.\n\nBroken, too.\n") == "It is blue.\n\nBroken, too."
        assert words(f"{GMAIL.format(TOM, 'Fwd: Mug')}Mia, yours?\n\n{inner}It is blue.") == "It is blue."

    def test_are_not_quoted_though_apple_quotes_them(self) -> None:
        said = "> From: Max <max@shop.example>\n> Subject: Mug\n> Date: 23 Nov 2026\n> \n> It is blue.\n> > Which?"
        assert words(f"Begin forwarded message:\n\n{said}") == "It is blue.\n> Which?"


class TestAttached:
    def test_a_mail_that_is_passed_on_as_a_file_is_its_senders(self) -> None:
        inside = "From: Max Muster <max@shop.example>\nSubject: Mug\n\nIt is blue.\n\n> Which?"
        inner = f"Content-Type: message/rfc822\n\n{inside}"
        words = "Content-Type: text/plain\n\nYours?"
        found = passed_on(of_parts(words, inner, From=MIA, Subject="Fwd: Mug"))
        assert found is not None
        assert (found.sender, found.words) == (MAX, "It is blue.")
        assert passed_on(of_parts(words, inner, From=MIA, Subject="A mail")) is None
        assert passed_on(of_parts(words, inner, inner, From=MIA, Subject="Fwd: Mug")) is None
