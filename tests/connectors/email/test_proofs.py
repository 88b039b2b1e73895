"""Whether a mail is from whom it says, and which conversation it goes on with."""

from uuid import UUID, uuid4

import pytest

from connectors.email.judging.authenticity import Proof, authenticity
from connectors.email.judging.ours import Ours
from connectors.email.judging.reply_address import conversation_of, name_of, named, reply_address
from connectors.email.judging.thread import Candidate, Hint, candidates
from tests.connectors.email.letters import mail

OURS = Ours(authserv_id="mx.shop.example")
SECRET, OLD_SECRET = b"k" * 32, b"o" * 32


def proof(results: str | None, sender: str = "dana@customer.example", further: str = "") -> Proof:
    headers = {"From": sender}
    if results is not None:
        headers["Authentication-Results"] = results + further
    return authenticity(mail(**headers), OURS).proof


class TestAuthenticity:
    @pytest.mark.parametrize(
        ("results", "expected"),
        [
            ("mx.shop.example; dmarc=pass header.from=customer.example", Proof.VERIFIED),
            ("MX.shop.example 1; dmarc=pass (p=none) header.from=customer.example", Proof.VERIFIED),
            ("mx.shop.example; dkim=pass header.d=customer.example", Proof.VERIFIED),
            ("mx.shop.example; dkim=pass header.i=@customer.example header.s=s1", Proof.VERIFIED),
            ("mx.shop.example; spf=pass smtp.mailfrom=bounce@customer.example", Proof.VERIFIED),
            ("mx.shop.example; dkim=fail header.d=a.example; dkim=pass header.d=customer.example", Proof.VERIFIED),
            ("mx.shop.example; dkim=pass header.d=mailer.example", Proof.UNVERIFIED),
            ("mx.shop.example; spf=pass smtp.mailfrom=evil.example", Proof.UNVERIFIED),
            ("mx.shop.example; dkim=pass header.d=evil-customer.example", Proof.UNVERIFIED),
            ("mx.shop.example; dkim=pass header.d=example", Proof.UNVERIFIED),
            ("mx.shop.example; none", Proof.UNVERIFIED),
            ("mx.shop.example; spf=softfail smtp.mailfrom=customer.example", Proof.UNVERIFIED),
            ("mx.shop.example; dmarc=fail header.from=customer.example", Proof.FAILED),
            (
                "mx.shop.example; dmarc=fail header.from=customer.example; spf=pass smtp.mailfrom=customer.example",
                Proof.FAILED,
            ),
            ("mx.shop.example; spf=fail smtp.mailfrom=customer.example; dkim=none", Proof.FAILED),
            ("mx.shop.example; dmarc=pass header.from=evil.example", Proof.UNVERIFIED),
            ("other.example; dmarc=pass header.from=customer.example", Proof.UNVERIFIED),
            # In a comment or a quoted reason stands whatever the sender wants.
            ("mx.shop.example; spf=none (dmarc=pass header.from=customer.example)", Proof.UNVERIFIED),
            ("mx.shop.example; spf=none (a;dmarc=pass header.from=customer.example;)", Proof.UNVERIFIED),
            ('mx.shop.example; spf=none reason="x; dmarc=pass header.from=customer.example"', Proof.UNVERIFIED),
            ("(mx.shop.example;) evil.example; dmarc=pass header.from=customer.example", Proof.UNVERIFIED),
            (None, Proof.UNVERIFIED),
            ("", Proof.UNVERIFIED),
        ],
    )
    def test_believes_what_our_server_says_about_the_sender(self, results: str | None, expected: Proof) -> None:
        assert proof(results) is expected

    def test_only_the_topmost_result_of_our_server_counts(self) -> None:
        forged = "\r\nAuthentication-Results: mx.shop.example; dmarc=pass header.from=customer.example"
        assert proof("mx.shop.example; spf=none", further=forged) is Proof.UNVERIFIED
        assert proof("mx.shop.example; dmarc=fail", further=forged) is Proof.FAILED

    def test_a_subdomain_is_stood_for_by_its_parent_and_not_the_other_way_round(self) -> None:
        assert proof("mx.shop.example; dkim=pass header.d=b.example", "a@mail.b.example") is Proof.VERIFIED
        assert proof("mx.shop.example; dkim=pass header.d=mail.b.example", "a@b.example") is Proof.UNVERIFIED

    def test_several_senders_prove_nothing(self) -> None:
        said = "mx.shop.example; dmarc=pass header.from=customer.example"
        assert proof(said, "a@customer.example, b@evil.example") is Proof.UNVERIFIED
        assert proof(said, "a@customer.example\r\nFrom: b@evil.example") is Proof.UNVERIFIED

    def test_without_a_named_server_nothing_is_believed(self) -> None:
        said = mail(Authentication_Results="mx.shop.example; dmarc=pass header.from=customer.example")
        assert authenticity(said, Ours()).proof is Proof.UNVERIFIED


class TestReplyAddress:
    def test_comes_back_as_the_conversation_in_either_case(self) -> None:
        signed = reply_address("desk@shop.example", "0f3a9c", secret=SECRET)
        assert signed.startswith("desk+t.0f3a9c.")
        assert conversation_of(signed, secrets=[SECRET]) == "0f3a9c"
        assert conversation_of(signed.upper(), secrets=[SECRET]) == "0f3a9c"
        assert conversation_of(signed, secrets=[OLD_SECRET, SECRET]) == "0f3a9c"

    def test_fits_into_what_mail_servers_take_with_the_longest_id(self) -> None:
        signed = reply_address("desk@shop.example", "f" * 32, secret=SECRET)
        assert len(signed.partition("@")[0]) <= 64

    def test_carries_any_conversation_in_few_letters_of_either_case(self) -> None:
        for conversation in (UUID(int=0), UUID(int=2**128 - 1), uuid4()):
            signed = reply_address("customer-care@shop.example", name_of(conversation), secret=SECRET)
            name = conversation_of(signed.upper(), secrets=[SECRET])
            assert name is not None
            assert named(name) == conversation
        for other in ("", "0f3a9c", "f" * 32, "a" * 25, "A" * 26, "1" * 26):
            assert named(other) is None

    def test_of_others_is_none(self) -> None:
        signed = reply_address("desk@shop.example", "0f3a9c", secret=SECRET)
        assert conversation_of(signed, secrets=[OLD_SECRET]) is None
        assert conversation_of(signed.replace("0f3a9c", "0f3a9d"), secrets=[SECRET]) is None
        for address in ("", "@", "desk@shop.example", "desk+t.a.b@x", "desk+t..@x", "+t." + "a" * 5000 + "@x"):
            assert conversation_of(address, secrets=[SECRET]) is None
        assert conversation_of(signed, secrets=[]) is None

    def test_is_not_made_where_it_would_not_hold(self) -> None:
        for desk, name, secret in (
            ("desk@shop.example", "a.b", SECRET),
            ("desk@shop.example", "", SECRET),
            ("a-very-long-name-for-a-desk@shop.example", "f" * 32, SECRET),
            ("desk@shop.example", "a", b"short"),
        ):
            with pytest.raises(ValueError, match=r"."):
                reply_address(desk, name, secret=secret)


class TestCandidates:
    def test_come_in_the_order_in_which_to_try_them(self) -> None:
        signed = reply_address("desk@shop.example", "0f3a9c", secret=SECRET)
        found = mail(
            Delivered_To=signed,
            In_Reply_To="<c@x>",
            References="<a@x> <b@x> <c@x>",
            Subject="Re: [#TK-42] Broken mug [#7]",
        )
        assert candidates(found, secrets=[SECRET]) == (
            Candidate(Hint.ADDRESS, "0f3a9c"),
            Candidate(Hint.IN_REPLY_TO, "c@x"),
            Candidate(Hint.REFERENCES, "b@x"),
            Candidate(Hint.REFERENCES, "a@x"),
            Candidate(Hint.SUBJECT, "TK-42"),
            Candidate(Hint.SUBJECT, "7"),
        )
        assert [each.sure for each in candidates(found, secrets=[SECRET])][:2] == [True, False]

    def test_a_forged_address_is_none(self) -> None:
        assert candidates(mail(To="desk+t.0f3a9c.aaaaaaaaaaaaaaaaaaaa@shop.example"), secrets=[SECRET]) == ()

    def test_a_new_mail_has_none(self) -> None:
        assert candidates(mail()) == ()
