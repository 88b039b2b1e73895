"""What a message of ours looks like as a mail, read by the standard library and by our own reader."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email import Mail, read
from connectors.email.config import Mailbox
from connectors.email.judging.kind import MailKind, judge
from connectors.email.judging.ours import Ours
from connectors.email.judging.reply_address import conversation_of, named
from connectors.email.sending.writing import OutgoingMail, limits, written
from core.errors import MessageRefused, MessageTooLong, RecipientGone
from core.messages import Button, Outbound, Party, TemplateUse
from tests.connectors.email.letters import letter
from tests.connectors.email.outgoing import (
    CONVERSATION,
    CUSTOMER,
    NOON,
    OURS,
    SECRET,
    a_file,
    a_letter,
    a_mailbox,
    a_message,
)
from tests.examples import tried

HOSTILE = "Grüße\r\nBcc: evil@evil.example\n\nand\x00 more\u2028=?utf-8?q?x?="


def mail_of(message: Outbound, mailbox: Mailbox | None = None) -> OutgoingMail:
    return written(message, mailbox or a_mailbox(), secret=SECRET, at=NOON)


async def lines_of(message: Outbound, mailbox: Mailbox | None = None) -> bytes:
    return b"".join([piece async for piece in mail_of(message, mailbox).content()])


async def sent(message: Outbound, mailbox: Mailbox | None = None) -> EmailMessage:
    found = message_from_bytes(await lines_of(message, mailbox), policy=default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


async def as_read(message: Outbound) -> Mail:
    return read(await lines_of(message))


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


class TestHeader:
    async def test_names_who_writes_to_whom_about_what(self) -> None:
        mail = await sent(a_message(letter=a_letter(answers=True)))
        assert (mail["From"], mail["To"]) == (f"Shop Support <{OURS}>", CUSTOMER)
        assert mail["Subject"] == "Re: Broken mug"
        assert mail["Date"].datetime == NOON

    async def test_a_first_mail_answers_nothing(self) -> None:
        mail = await sent(a_message())
        assert mail["Subject"] == "Broken mug"
        assert (mail["In-Reply-To"], mail["References"]) == (None, None)

    @pytest.mark.parametrize("subject", ["Re: Broken mug", "AW: Re: Broken mug", "RE: Broken mug"])
    async def test_says_re_once_whoever_said_it_before(self, subject: str) -> None:
        assert (await sent(a_message(letter=a_letter(subject=subject, answers=True))))["Subject"] == "Re: Broken mug"

    async def test_the_message_id_is_the_same_in_each_attempt(self) -> None:
        message = Outbound(UUID(int=7), OURS, CUSTOMER, "Hello")
        assert mail_of(message).id == mail_of(message).id == f"threadline.{UUID(int=7).hex}@shop.example"
        assert (await sent(message))["Message-ID"] == f"<{mail_of(message).id}>"

    async def test_answers_come_to_an_address_that_names_the_conversation(self) -> None:
        (answers,) = (await as_read(a_message())).reply_to
        name = conversation_of(answers.address or "", secrets=[SECRET])
        assert name is not None
        assert named(name) == CONVERSATION

    async def test_what_nobody_is_to_answer_has_no_such_address_and_does_not_ask_for_it(self) -> None:
        mail = await sent(a_message(letter=a_letter(conversation=None)))
        assert mail["Reply-To"] is None
        assert all("answer above this line" not in part(mail, kind) for kind in ("plain", "html"))

    async def test_a_desk_with_a_name_too_long_for_that_gets_answers_at_its_own(self) -> None:
        desk = Mailbox("the-customers-department@shop.example")
        mail = await sent(a_message(), desk)
        assert mail["Reply-To"] is None
        assert mail["From"] == desk.address

    async def test_what_it_answers_is_named_with_the_whole_thread(self) -> None:
        mail = await as_read(a_message(letter=a_letter(references=("first@a", "second@b", "third@c"))))
        assert mail.references == ("first@a", "second@b", "third@c")
        assert mail.in_reply_to == ("third@c",)

    async def test_mails_of_ours_that_came_since_are_named_after_it(self) -> None:
        earlier = UUID(int=7)
        mail = await as_read(a_message(letter=a_letter(references=("first@a",), ours=(earlier,))))
        assert mail.references == ("first@a", f"threadline.{earlier.hex}@shop.example")
        assert mail.in_reply_to == ("first@a",)
        alone = await as_read(a_message(letter=a_letter(ours=(earlier,))))
        assert alone.in_reply_to == alone.references == (f"threadline.{earlier.hex}@shop.example",)

    async def test_of_a_long_thread_the_first_and_the_newest_are_named(self) -> None:
        thread = tuple(f"{number}@customer.example" for number in range(500))
        found = (await as_read(a_message(letter=a_letter(references=thread)))).references
        assert len(found) == 20
        assert (found[0], found[-1]) == (thread[0], thread[-1])

    async def test_a_long_id_stays_whole_and_what_is_none_is_left_out(self) -> None:
        long = "a" * 300 + "@customer.example"
        mail = await lines_of(a_message(letter=a_letter(references=("no id", "x\r\nBcc: e@e", "ü@x", long))))
        assert f"References: <{long}>\r\n".encode() in mail
        assert b"Bcc" not in mail

    @pytest.mark.parametrize("where", ["subject", "cc", "desk", "file"])
    async def test_hostile_words_stay_in_their_field(self, where: str) -> None:
        letter = a_letter(subject=HOSTILE) if where == "subject" else a_letter()
        if where == "cc":
            letter = a_letter(cc=(Party("b@customer.example", HOSTILE),))
        file = a_file(name=HOSTILE) if where == "file" else None
        # A name of the desk is an admin's, and its config takes no line breaks.
        mailbox = Mailbox(OURS, 'Müller, =?utf-8?q?x?= "Shop"') if where == "desk" else None
        mail = await sent(a_message(letter=letter, file=file), mailbox)
        assert mail["Bcc"] is None
        assert mail["To"] == CUSTOMER
        said = {
            "subject": mail["Subject"],
            "cc": mail["Cc"] and mail["Cc"].addresses[0].display_name,
            "desk": mail["From"].addresses[0].display_name,
            "file": next((each.get_filename() for each in mail.iter_attachments()), ""),
        }[where]
        assert "=?utf-8?q?x?=" in str(said)
        assert "\n" not in str(said)

    async def test_no_line_is_longer_than_mail_takes(self) -> None:
        text = "word " * 2000 + "x" * 5000 + "é" * 3000
        thread = tuple("i" * 400 + f"{number}@x" for number in range(30))
        copies = tuple(Party(f"c{number}@customer.example", "Ünïcode " * 20) for number in range(50))
        letter = a_letter(subject="s" * 2000, references=thread, cc=copies)
        message = a_message(text, letter=letter, file=a_file(b"x" * 100_000, "n" * 300 + ".pdf"))
        assert max(len(line) for line in (await lines_of(message)).split(b"\r\n")) <= 998

    async def test_only_ascii_goes_out(self) -> None:
        message = a_message("Grüße 👋", letter=a_letter(subject="Grüße 👋"), file=a_file(name="Größe 👋.pdf"))
        assert (await lines_of(message)).isascii()

    async def test_domains_are_in_their_ascii_form(self) -> None:
        assert (await sent(a_message(to="max@müller.example")))["To"] == "max@xn--mller-kva.example"
        assert mail_of(a_message(to="max@müller.example")).recipient == "max@xn--mller-kva.example"
        assert not mail_of(a_message(to="max@müller.example")).international
        assert mail_of(a_message(to="mäx@customer.example")).international


class TestAutomatic:
    async def test_what_a_person_wrote_does_not_say_that_a_machine_did(self) -> None:
        mail = await sent(a_message())
        assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"], mail["Precedence"]) == (None, None, None)
        assert mail_of(a_message()).sender == OURS

    @pytest.mark.parametrize(("answers", "said"), [(True, "auto-replied"), (False, "auto-generated")])
    async def test_what_a_machine_wrote_asks_for_no_answer(self, answers: bool, said: str) -> None:
        message = a_message(letter=a_letter(automatic=True, answers=answers))
        mail = await sent(message)
        assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == (said, "All")
        assert mail["Precedence"] is None
        assert mail_of(message).sender == ""

    @pytest.mark.parametrize("automatic", [True, False])
    async def test_what_comes_back_is_known_as_our_own(self, automatic: bool) -> None:
        mail = await as_read(a_message(letter=a_letter(automatic=automatic)))
        assert judge(mail, Ours(frozenset({OURS}))).kind is MailKind.OWN


class TestWords:
    async def test_the_plain_form_is_what_was_typed(self) -> None:
        typed = "Hello *Dana*,\n\n- one\n  - two\n\n.\n..\nFrom here on\n\ttab  and   spaces\n\nBye"
        assert f"\n\n{typed}\n" in part(await sent(a_message(typed)), "plain")

    async def test_both_forms_begin_with_the_line_above_which_answers_are_written(self) -> None:
        mail = await sent(a_message())
        for kind in ("plain", "html"):
            assert "##- Please write your answer above this line -##" in part(mail, kind)

    async def test_an_answer_above_our_line_is_all_that_counts(self) -> None:
        ours = part(await sent(a_message("Do you want a new one?")), "plain")
        answer = b"From: d@x\r\nTo: s@x\r\n\r\nYes please.\r\n\r\n" + ours.replace("\n", "\r\n").encode()
        assert read(answer).reply_text.strip() == "Yes please."

    async def test_the_desks_signature_stands_below(self) -> None:
        mailbox = Mailbox(OURS, signature="Shop GmbH\nhttps://shop.example/?a=1&b=2")
        mail = await sent(a_message(), mailbox)
        assert part(mail, "plain").endswith("\n\n-- \nShop GmbH\nhttps://shop.example/?a=1&b=2\n")
        assert '<a href="https://shop.example/?a=1&amp;b=2">' in part(mail, "html")

    async def test_what_nobody_can_see_and_no_mail_carries_is_left_out(self) -> None:
        assert "\n\nabc\nd\n" in part(await sent(a_message("a\x00b\x1bc\r\nd\x7f")), "plain")

    @tried(200)
    @given(text=st.text(min_size=1, max_size=300), subject=st.text(max_size=300), name=st.text(max_size=80))
    async def test_any_words_make_a_mail_that_says_them(self, text: str, subject: str, name: str) -> None:
        letter = a_letter(subject=subject, cc=(Party("b@customer.example", name),))
        message = a_message("x" + text, letter=letter, file=a_file(name=name))
        raw = await lines_of(message)
        assert raw.isascii()
        assert b"\n" not in raw.replace(b"\r\n", b"")
        mail = read(raw)
        assert [person.address for person in mail.to] == [CUSTOMER]
        assert [person.address for person in mail.cc] == ["b@customer.example"]
        assert len(mail.attachments) == 1
        assert mail.message_id == mail_of(message).id


class TestFiles:
    async def test_come_with_name_type_and_every_byte(self) -> None:
        content = bytes(range(256)) * 1000
        files = (a_file(b"", "empty.txt", "text/plain"), a_file(b"two", "Größe.png", "image/png"))
        mail = await as_read(a_message(file=a_file(content), letter=a_letter(files=files)))
        assert [(file.name, file.content_type, file.content) for file in mail.attachments] == [
            ("invoice.pdf", "application/pdf", content),
            ("empty.txt", "text/plain", b""),
            ("Größe.png", "image/png", b"two"),
        ]
        assert not mail.defects

    @pytest.mark.parametrize("kind", ["message/rfc822", "multipart/mixed", "nonsense", "text/html\r\nX: y", ""])
    async def test_a_type_that_a_mail_cannot_carry_goes_as_a_mere_file(self, kind: str) -> None:
        (file,) = (await as_read(a_message(file=a_file(b"From: x\r\n\r\nHello", "mail.eml", kind)))).attachments
        assert (file.name, file.content_type, file.content) == (
            "mail.eml",
            "application/octet-stream",
            b"From: x\r\n\r\nHello",
        )

    async def test_a_name_names_no_folder(self) -> None:
        (file,) = (await as_read(a_message(file=a_file(name="../../etc/passwd\x00")))).attachments
        assert file.name is not None
        assert not set("/\\\x00") & set(file.name)

    async def test_may_come_without_words(self) -> None:
        assert len((await as_read(a_message("", file=a_file()))).attachments) == 1

    async def test_its_size_is_known_before_it_is_sent(self) -> None:
        for size in (0, 1, 56, 57, 58, 3000, 300_000):
            message = a_message(file=a_file(b"x" * size))
            actual = len(await lines_of(message))
            assert actual <= mail_of(message).size <= actual + 200


class TestButtons:
    async def test_are_links_in_both_forms(self) -> None:
        url = "https://desk.example/answers/csat:1:4?e=1&s=2"
        buttons = (Button("4 ⭐", "x", url), Button('<5> "⭐"\n', "x", f"{url}&x=<"))
        mail = await sent(a_message("How did we do?", buttons=buttons))
        assert part(mail, "plain").endswith(f'How did we do?\n\n4 ⭐: {url}\n\n<5> "⭐": {url}&x=<\n'), (
            "each on a line of its own, whole"
        )
        html = part(mail, "html")
        assert re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', html, re.DOTALL) == [
            (url.replace("&", "&amp;"), "4 ⭐"),
            (f"{url}&x=<".replace("&", "&amp;").replace("<", "&lt;"), "&lt;5&gt; &quot;⭐&quot;\n"),
        ]

    async def test_are_no_words_of_who_answers_below_them(self) -> None:
        url = "https://desk.example/answers/csat:1:4?e=1&s=2"
        ours = part(await sent(a_message("How did we do?", buttons=(Button("4 ⭐", "x", url),))), "plain")
        quoted = "".join(f"> {line}\n" for line in ours.splitlines())
        answer = letter(f"All well!\n\nOn Mon, 23 Nov 2026 at 11:00, Shop <{OURS}> wrote:\n{quoted}")
        assert read(answer).reply_text == "All well!"


class TestRefusals:
    @pytest.mark.parametrize(
        "changes",
        [
            {"text": " \n"},
            {"template": TemplateUse("HX1", {})},
            {"buttons": (Button("Yes", "y"),)},
            {"file": a_file(size=20 * 2**20 + 1)},
            {"file": a_file(size=15 * 2**20), "letter": a_letter(files=(a_file(size=15 * 2**20),))},
            {"letter": a_letter(cc=tuple(Party(f"{number}@x.example") for number in range(51)))},
        ],
    )
    def test_what_no_mail_can_carry_is_refused_in_words(self, changes: dict[str, Any]) -> None:
        with pytest.raises(MessageRefused) as caught:
            mail_of(a_message(**changes))
        assert caught.value.message.endswith(".")

    def test_a_text_over_the_limit(self) -> None:
        with pytest.raises(MessageTooLong):
            mail_of(a_message("x" * (limits(receives=1).text + 1)))

    @pytest.mark.parametrize(
        "address",
        [
            *(
                "",
                "dana",
                "@customer.example",
                "dana@",
                "a b@customer.example",
                "a@b@c\r\nRCPT TO:<e@e>",
                "a@[10.0.0.1]",
            ),
            *(
                "<a@b.example>",
                '"a b"@c.example',
                "a,b@c.example",
                "a@b..example",
                "x" * 65 + "@c.example",
                "a@b.example>",
            ),
        ],
    )
    def test_a_recipient_that_is_none(self, address: str) -> None:
        with pytest.raises(RecipientGone):
            mail_of(a_message(to=address))

    def test_a_copy_that_is_none_keeps_nobody_else_from_it(self) -> None:
        copies = (Party("nobody"), Party("b@customer.example"), Party(CUSTOMER), Party("b@customer.example", "Again"))
        mail = mail_of(a_message(letter=a_letter(cc=copies)))
        assert (mail.copies, mail.refused) == (("b@customer.example",), ("nobody",))
