"""What a mail is judged to be, and why: a person's, a machine's, to many, a bounce."""

import pytest

from connectors.email import Mail, read
from connectors.email.judging.bounce import bounce
from connectors.email.judging.kind import MailKind, judge
from connectors.email.judging.ours import Ours
from tests.connectors.email.letters import letter, mail, multipart, of_parts

OURS = Ours(frozenset({"desk@shop.example"}), frozenset({"support.shop.example"}), "mx.shop.example")


class TestJudge:
    @pytest.mark.parametrize(
        ("headers", "kind"),
        [
            ({}, MailKind.PERSON),
            ({"Auto-Submitted": "no"}, MailKind.PERSON),
            ({"Auto-Submitted": "auto-replied"}, MailKind.AUTO_REPLY),
            ({"Auto-Submitted": "auto-replied (vacation)"}, MailKind.AUTO_REPLY),
            ({"Auto-Submitted": "auto-generated; x=y"}, MailKind.AUTO_REPLY),
            ({"X-Autoreply": "yes"}, MailKind.AUTO_REPLY),
            ({"X-Autorespond": "x"}, MailKind.AUTO_REPLY),
            ({"Precedence": "auto_reply"}, MailKind.AUTO_REPLY),
            ({"X-Auto-Response-Suppress": "All"}, MailKind.AUTO_REPLY),
            ({"X-Auto-Response-Suppress": "OOF, AutoReply"}, MailKind.PERSON),
            ({"Return-Path": "<>"}, MailKind.AUTO_REPLY),
            ({"Return-Path": "<dana@customer.example>"}, MailKind.PERSON),
            ({"Subject": "Automatic reply: Broken mug"}, MailKind.AUTO_REPLY),
            ({"Subject": "Automatische Antwort: Tasse"}, MailKind.AUTO_REPLY),
            ({"Subject": "Réponse automatique : tasse"}, MailKind.AUTO_REPLY),
            ({"Subject": "自動応答: マグ"}, MailKind.AUTO_REPLY),
            ({"Subject": "My automatic reply does not work"}, MailKind.PERSON),
            ({"Precedence": "bulk"}, MailKind.LIST),
            ({"List-Id": "<news.other.example>"}, MailKind.LIST),
            ({"List-Unsubscribe": "<https://y.example>", "List-Unsubscribe-Post": "x"}, MailKind.LIST),
            ({"List-Unsubscribe": "<mailto:x@y.example>", "To": "all@other.example"}, MailKind.LIST),
            ({"List-Unsubscribe": "<mailto:x@y.example>"}, MailKind.PERSON),
            ({"List-Unsubscribe": "<https://y.example>", "In-Reply-To": "<a@x>"}, MailKind.PERSON),
            ({"Feedback-ID": "1.us-east-1.abc=:AmazonSES"}, MailKind.PERSON),
            ({"From": "Shop <desk@shop.example>", "Reply-To": "max@home.example"}, MailKind.PERSON),
            ({"From": "Shop <desk@shop.example>", "Reply-To": "no-reply@home.example"}, MailKind.OWN),
            (
                {
                    "From": "Shop <desk@shop.example>",
                    "Reply-To": "max@home.example",
                    "X-Threadline-Loop": "desk@shop.example",
                },
                MailKind.OWN,
            ),
            ({"List-Id": "Support <support.shop.example>", "List-Post": "x"}, MailKind.PERSON),
            ({"X-Spam-Flag": "YES"}, MailKind.SPAM),
            ({"X-Spam-Status": "Yes, score=9"}, MailKind.SPAM),
            ({"X-Spam-Status": "No, score=1"}, MailKind.PERSON),
            ({"From": "Desk <desk@shop.example>"}, MailKind.OWN),
            ({"From": "DESK+t.a.b@Shop.example"}, MailKind.OWN),
            ({"X-Threadline-Loop": "desk@shop.example"}, MailKind.OWN),
            ({"X-Threadline-Loop": "help@another.example"}, MailKind.OTHER_DESK),
            ({"X-Zendesk-Priority": "normal"}, MailKind.OTHER_DESK),
            ({"From": "Postmaster <postmaster@other.example>"}, MailKind.AUTO_REPLY),
        ],
    )
    def test_says_what_it_is_and_why(self, headers: dict[str, str], kind: MailKind) -> None:
        found = judge(mail(**headers), OURS)
        assert found.kind is kind
        assert found.reasons
        assert all(found.reasons)
        assert found.opens_ticket == (kind in {MailKind.PERSON, MailKind.OTHER_DESK})
        if kind is not MailKind.PERSON:
            assert not found.answerable

    def test_no_machine_answers_where_it_is_in_doubt_but_a_ticket_is_opened(self) -> None:
        for headers in (
            {"X-Auto-Response-Suppress": "OOF"},
            {"From": "no-reply@other.example"},
            {"From": "X"},
            {"X-OTRS-Loop": "1"},
        ):
            found = judge(mail(**headers), OURS)
            assert (found.opens_ticket, found.answerable) == (True, False), headers

    def test_a_person_may_be_answered(self) -> None:
        assert judge(mail(), OURS).answerable

    def test_a_person_writing_about_a_bounce_is_a_person(self) -> None:
        found = mail("I got this error", Subject="Re: Undeliverable: your invoice", In_Reply_To="<x@shop.example>")
        assert judge(found, OURS).kind is MailKind.PERSON

    def test_invitations_are_for_people_and_answers_to_them_are_not(self) -> None:
        def with_method(method: str) -> Mail:
            event = f"BEGIN:VCALENDAR\nMETHOD:{method}\nBEGIN:VEVENT\nSUMMARY:Mugs\nEND:VEVENT\nEND:VCALENDAR"
            return of_parts("Content-Type: text/plain\n\nx", f"Content-Type: text/calendar; method={method}\n\n{event}")

        asked, answered = judge(with_method("REQUEST"), OURS), judge(with_method("REPLY"), OURS)
        assert (asked.kind, asked.opens_ticket) == (MailKind.CALENDAR, True)
        assert (answered.kind, answered.opens_ticket) == (MailKind.AUTO_REPLY, False)

    def test_a_read_receipt_is_one(self) -> None:
        content_type, body = multipart(
            "Content-Type: text/plain\n\nYour mail was read.",
            "Content-Type: message/disposition-notification\n\nOriginal-Message-ID: <o1@shop.example>\n"
            "Disposition: manual-action/MDN-sent-manually; displayed",
            kind="report",
            parameters="; report-type=disposition-notification",
        )
        found = mail(body, Content_Type=content_type)
        assert judge(found, OURS).kind is MailKind.READ_RECEIPT
        assert found.report is not None
        assert found.report.message_id == "o1@shop.example"


def delivery_report(*blocks: str, original: str = "Message-ID: <o1@shop.example>\nSubject: x") -> Mail:
    content_type, body = multipart(
        "Content-Type: text/plain\n\nSorry.",
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.other.example\n\n" + "\n\n".join(blocks),
        f"Content-Type: text/rfc822-headers\n\n{original}\n",
        kind="report",
        parameters="; report-type=delivery-status",
    )
    return read(letter(body, Content_Type=content_type, From="MAILER-DAEMON@mx.other.example", Return_Path="<>"))


class TestBounce:
    def test_for_good_says_which_address_and_which_mail_of_ours(self) -> None:
        found = bounce(
            delivery_report(
                "Final-Recipient: rfc822; Gone@Other.example\nAction: failed\nStatus: 5.1.1\n"
                "Diagnostic-Code: smtp; 550 no such user",
                "Final-Recipient: rfc822; full@other.example\nAction: delayed\nStatus: 4.2.2",
            )
        )
        assert found is not None
        assert (found.hard, found.message_id) == (True, "o1@shop.example")
        assert found.addresses == {"gone@other.example"}
        assert [(each.recipient, each.status) for each in found.failures][1] == ("full@other.example", "4.2.2")
        assert found.failures[0].diagnostic == "550 no such user"

    @pytest.mark.parametrize(("action", "status"), [("delayed", "4.4.1"), ("", "4.2.2"), ("delivered", "2.0.0")])
    def test_for_now_suppresses_nobody(self, action: str, status: str) -> None:
        found = bounce(delivery_report(f"Final-Recipient: rfc822; a@b.example\nAction: {action}\nStatus: {status}"))
        assert found is not None
        assert (found.hard, found.addresses) == (False, frozenset())

    def test_of_a_server_that_gave_up_is_for_good_though_its_reason_was_not(self) -> None:
        found = bounce(delivery_report("Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 4.4.1"))
        assert found is not None
        assert (found.hard, found.addresses) == (True, frozenset({"a@b.example"}))

    def test_of_a_forwarded_mail_names_the_address_that_we_wrote_to(self) -> None:
        said = "Original-Recipient: rfc822;dana@b.example\nFinal-Recipient: rfc822;dana@c.example\nAction: failed"
        found = bounce(delivery_report(f"{said}\nStatus: 5.0.0"))
        assert found is not None
        assert found.addresses == {"dana@b.example"}

    def test_of_servers_without_a_standard_is_known_by_its_words(self) -> None:
        qmail = (
            "Hi. This is the qmail-send program at mx.other.example.\nI'm afraid I wasn't able to deliver it\n"
            "to the following addresses. This is a permanent error.\n\n<gone@other.example>:\n"
            "550 5.1.1 no such user\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <o2@shop.example>\n"
        )
        found = bounce(mail(qmail, From="MAILER-DAEMON@mx.other.example", Subject="failure notice", Return_Path="<>"))
        assert found is not None
        assert found.addresses == {"gone@other.example"}
        assert found.message_id == "o2@shop.example"
        assert judge(mail(qmail, From="<MAILER-DAEMON>", Subject="failure notice"), OURS).kind is MailKind.BOUNCE

    def test_that_names_its_recipient_in_a_header_only(self) -> None:
        found = bounce(mail("Message not delivered", X_Failed_Recipients="gone@other.example", From="x@y.example"))
        assert found is not None
        assert found.addresses == {"gone@other.example"}

    def test_an_ordinary_mail_is_none(self) -> None:
        assert bounce(mail()) is None
        assert bounce(mail(Subject="Undeliverable parcel")) is None
