"""What a mail means for the desk."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from connectors.email.incoming import files, fingerprint, parse
from connectors.email.judging.ours import Ours
from connectors.email.judging.reply_address import name_of, reply_address
from core.messages import Delivery, DeliveryReport, Inbound, Letter, Party, SetAside
from tests.connectors.email.letters import letter, mail, multipart

SECRET = b"a secret of sixteen bytes or more"
URL = "imap://desk@shop.example/INBOX;UIDVALIDITY=1;UID=2"
OURS = Ours(frozenset({"desk@shop.example", "sales@shop.example"}), frozenset(), "mx.shop.example")


def received(body: str = "The mug is broken.", **headers: str | None) -> Any:
    (said,) = parse(URL, letter(body, **headers), OURS, secrets=[SECRET])
    return said


def inbound(body: str = "The mug is broken.", **headers: str | None) -> tuple[Inbound, Letter]:
    said = received(body, **headers)
    assert isinstance(said, Inbound)
    assert said.letter is not None
    return said, said.letter


def test_where_nobody_checks_who_it_is_from_nothing_is_said_about_it() -> None:
    (said,) = parse(URL, letter("Hello"), Ours(frozenset({"desk@shop.example"})), secrets=[SECRET])
    assert isinstance(said, Inbound)
    assert said.letter is not None
    assert (said.letter.verified, said.letter.proof) == (False, "")


class TestAPersonsMail:
    def test_is_from_whom_it_says_to_the_mailbox_that_took_it(self) -> None:
        said, written = inbound(From="Dana Customer <Dana@Customer.example>")
        assert (said.channel, said.account) == ("email", "desk@shop.example")
        assert (said.sender, said.sender_name) == ("dana@customer.example", "Dana Customer")
        assert written.sender == Party("Dana@customer.example", "Dana Customer")
        assert (written.id, written.subject) == ("m1@customer.example", "Broken mug")
        assert written.automatic is written.unanswerable is written.whole is None

    def test_has_an_id_that_an_index_takes(self) -> None:
        _, written = inbound(Message_ID=f"<{'瓷' * 960}@home.example>")
        assert written.id is not None
        assert 900 < len(written.id.encode()) <= 998

    def test_is_answered_where_it_asks_to(self) -> None:
        said, written = inbound(From="Form <form@web.example>", Reply_To="Dana <dana@customer.example>")
        assert said.sender == "dana@customer.example"
        assert written.sender.address == "form@web.example"

    def test_that_asks_to_be_answered_at_our_own_address_is_answered_at_its_senders(self) -> None:
        said, _ = inbound(Reply_To="desk@shop.example")
        assert said.sender == "dana@customer.example"

    def test_names_who_reads_along_but_not_us(self) -> None:
        signed = reply_address("desk@shop.example", name_of(uuid4()), secret=SECRET)
        _, written = inbound(To=f"{signed}, Max <max@home.example>", Cc="Sales <sales@shop.example>, eve@home.example")
        assert written.to == (Party("max@home.example", "Max"),)
        assert written.cc == (Party("eve@home.example"),)

    def test_has_what_was_written_this_time_and_the_whole(self) -> None:
        said, written = inbound("Blue.\n\nOn Mon, 23 Nov 2026 at 10:00, Desk <desk@shop.example> wrote:\n> Which?\n")
        assert said.text == "Blue."
        assert written.whole is not None
        assert "> Which?" in written.whole

    def test_that_its_own_domain_disowns_is_read_by_people_and_answered_by_no_machine(self) -> None:
        checked = "mx.shop.example; dmarc={} header.from=customer.example"
        _, forged = inbound(Authentication_Results=checked.format("fail"))
        assert forged.automatic is None
        assert forged.unanswerable is not None
        assert "dmarc=fail" in forged.unanswerable
        assert inbound(Authentication_Results=checked.format("none"))[1].unanswerable is None

    def test_is_verified_only_by_our_own_server(self) -> None:
        assert not inbound()[1].verified
        assert inbound()[1].proof == "mx.shop.example has left no Authentication-Results"
        assert not inbound(Authentication_Results="other.example; dmarc=pass header.from=customer.example")[1].verified
        assert inbound(Authentication_Results="mx.shop.example; dmarc=pass header.from=customer.example")[1].verified

    def test_that_is_encrypted_says_so(self) -> None:
        content_type, body = multipart(
            "Content-Type: application/pgp-encrypted\n\nVersion: 1",
            "Content-Type: application/octet-stream\n\nxxx",
            kind="encrypted",
        )
        assert "encrypted" in inbound(body, Content_Type=content_type)[0].text

    def test_says_whose_mail_it_forwards(self) -> None:
        body = "Please see.\n\n---------- Forwarded message ---------\nFrom: Max Muster <max@home.example>\n"
        body += "Date: Mon, 23 Nov 2026\nSubject: Mug\nTo: <dana@customer.example>\n\nIt broke.\n"
        assert inbound(body)[1].forwarded == Party("max@home.example", "Max Muster")


class TestWhereItBelongs:
    def test_a_signed_address_names_a_conversation(self) -> None:
        here = uuid4()
        signed = reply_address("desk@shop.example", name_of(here), secret=SECRET)
        assert inbound(To=signed)[1].conversation == here
        assert inbound(To="other@x.example", Delivered_To=signed.upper())[1].conversation == here

    def test_a_forged_address_names_none(self) -> None:
        forged = reply_address("desk@shop.example", name_of(uuid4()), secret=b"another secret of some bytes")
        assert inbound(To=forged)[1].conversation is None

    def test_ids_of_ours_name_messages_and_others_are_kept_the_parent_last(self) -> None:
        one, two = uuid4(), uuid4()
        ids = [f"threadline.{each.hex}@shop.example" for each in (one, two)]
        stranger = f"threadline.{uuid4().hex}@elsewhere.example"
        _, written = inbound(References=f"<a@x> <{ids[0]}> <{stranger}>", In_Reply_To=f"<{ids[1]}>")
        assert written.ours == (two, one)
        assert written.references == ("a@x", ids[0], stranger, ids[1])

    def test_a_number_stands_in_the_subject(self) -> None:
        assert inbound(Subject="Re: [#42] Mug")[1].number == 42
        assert inbound(Subject="Re: Mug 42")[1].number is None


class TestWhatNobodyWrote:
    def test_is_kept_with_the_reason(self) -> None:
        _, written = inbound(Auto_Submitted="auto-replied")
        assert written.automatic == "Auto-Submitted is auto-replied"
        assert written.unanswerable == written.automatic

    def test_of_another_desk_is_answered_by_no_machine(self) -> None:
        _, written = inbound(X_Threadline_Loop="help@another.example")
        assert written.automatic is None
        assert written.unanswerable is not None
        assert "Threadline" in written.unanswerable

    def test_by_ourselves_or_by_nobody_is_set_aside(self) -> None:
        assert isinstance(received(From="Desk <desk@shop.example>"), SetAside)
        assert isinstance(received(From=None), SetAside)


def came_back(sent: UUID, told: str, **headers: str | None) -> Any:
    content_type, body = multipart(
        "Content-Type: text/plain\n\nSorry.",
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.home.example\n\n"
        f"Final-Recipient: rfc822; Max@home.example\n{told}",
        f"Content-Type: message/rfc822\n\nMessage-ID: <threadline.{sent.hex}@shop.example>\nSubject: Mug\n\nHi",
        kind="report",
        parameters="; report-type=delivery-status",
    )
    return received(body, From="MAILER-DAEMON@home.example", Content_Type=content_type, **headers)


class TestABounce:
    def test_tells_of_the_mail_and_of_whom_it_did_not_reach(self) -> None:
        sent = uuid4()
        said = came_back(sent, "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 No such user")
        assert isinstance(said, DeliveryReport)
        assert (said.provider_id, said.message_id) == (f"threadline.{sent.hex}@shop.example", sent)
        assert (said.delivery, said.bounced) == (Delivery.FAILED, "max@home.example")
        assert said.gone
        assert said.error is not None
        assert "No such user" in said.error

    @pytest.mark.parametrize(
        ("told", "gone"),
        [
            ("Status: 5.0.0\nDiagnostic-Code: smtp; 550-5.1.1 The account does not exist", True),
            ("Status: 5.1.10", True),
            ("Status: 5.0.0\nDiagnostic-Code: smtp; 550 unknown user", True),
            ("Status: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 mailbox full", False),
            ("Status: 5.3.4\nDiagnostic-Code: smtp; 552 5.3.4 too big", False),
            ("Status: 5.7.1\nDiagnostic-Code: smtp; 550 5.7.1 listed", False),
            ("Status: 5.0.0", False),
            ("Status: 4.4.1\nDiagnostic-Code: smtp; connect to mx.home.example: timed out", False),
        ],
    )
    def test_says_whether_anybody_is_there_by_what_the_server_said(self, told: str, *, gone: bool) -> None:
        said = came_back(uuid4(), f"Action: failed\n{told}")
        assert isinstance(said, DeliveryReport)
        assert (said.delivery, said.gone) == (Delivery.FAILED, gone)

    def test_that_its_own_domain_disowns_says_of_nobody_that_they_are_gone(self) -> None:
        checked = "mx.shop.example; dmarc=fail header.from=home.example"
        said = came_back(uuid4(), "Action: failed\nStatus: 5.1.1", Authentication_Results=checked)
        assert isinstance(said, DeliveryReport)
        assert not said.gone

    def test_for_now_or_of_no_known_mail_is_set_aside(self) -> None:
        content_type, body = multipart(
            "Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\n"
            "Final-Recipient: rfc822; a@b.example\nAction: delayed\nStatus: 4.4.1",
            kind="report",
            parameters="; report-type=delivery-status",
        )
        assert isinstance(received(body, From="MAILER-DAEMON@b.example", Content_Type=content_type), SetAside)


class TestFiles:
    def test_are_named_by_where_they_lie_and_logos_are_none(self) -> None:
        content_type, body = multipart(
            "Content-Type: text/plain\n\nSee.",
            "Content-Type: image/png\nContent-Disposition: inline\nContent-ID: <logo@x>\n\nsmall",
            'Content-Type: application/pdf\nContent-Disposition: attachment; filename="bill.pdf"\n\n%PDF',
        )
        raw = letter(body, Content_Type=content_type)
        (said,) = parse(URL, raw, OURS, secrets=[SECRET])
        assert isinstance(said, Inbound)
        assert said.letter is not None
        assert [(each.source, each.name) for each in said.files] == [(f"{said.letter.event}#1", "bill.pdf")]


class TestFingerprint:
    def test_is_the_same_for_each_copy(self) -> None:
        assert fingerprint(mail(Received="from a by b")) == fingerprint(mail(Delivered_To="sales@shop.example"))

    def test_is_another_one_for_mails_that_share_an_id_by_mistake(self) -> None:
        assert fingerprint(mail("One")) != fingerprint(mail("Two"))
        assert fingerprint(mail(Date="Mon, 23 Nov 2026 10:00:00 +0100")) != fingerprint(
            mail(Date="Mon, 23 Nov 2026 10:00:01 +0100")
        )

    def test_a_file_more_is_another_mail(self) -> None:
        content_type, body = multipart("Content-Type: text/plain\n\nA", "Content-Type: image/png\n\nx")
        assert list(files(mail(body, Content_Type=content_type), "e"))
        assert fingerprint(mail(body, Content_Type=content_type)) != fingerprint(mail("A"))


def test_a_form_in_our_own_name_is_its_visitors_mail_and_proves_nothing() -> None:
    said, its = inbound(
        From="Shop <desk@shop.example>",
        Reply_To="Max <max@home.example>",
        Authentication_Results="mx.shop.example; dmarc=pass header.from=shop.example",
    )
    assert (said.sender, said.sender_name, its.sender.address) == ("max@home.example", "Max", "max@home.example")
    assert not its.verified
    assert "desk@shop.example" in its.proof


def test_what_somebody_files_by_hand_is_a_persons_whatever_it_looks_like() -> None:
    raw = letter(List_Id="<news.other.example>")
    (said,) = parse(URL, raw, OURS, secrets=[SECRET], by_hand=True)
    assert isinstance(said, Inbound)
    assert said.letter is not None
    assert (said.letter.automatic, said.sender) == (None, "dana@customer.example")
    assert said.letter.unanswerable  # but no machine answers it
    (own,) = parse(URL, letter(From="desk@shop.example"), OURS, secrets=[SECRET], by_hand=True)
    assert isinstance(own, SetAside)
