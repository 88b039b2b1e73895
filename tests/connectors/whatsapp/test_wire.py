"""Twilio's forms as values, and its signature held against the SDK's own validator."""

import hashlib
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from connectors.whatsapp import wire
from core.errors import BadSignature, Unreadable
from core.messages import Delivery, DeliveryReport, Inbound, RawRequest, RemoteFile
from tests.connectors.whatsapp.forms import AUTH_TOKEN, INBOUND, MESSAGES, SID, STATUS, STATUSES, posted, raw, signed
from tests.examples import tried

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
URLS = st.builds(
    "{}://{}{}/hooks/whatsapp{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(["desk.example.com", "10.0.0.7"]),
    st.sampled_from(["", ":80", ":443", ":8443"]),
    st.sampled_from(["", "?", "/status?m=7", "?a=%20b&c=d+e", "?m=ü"]),
)


class MultiDict:
    """A form with repeated keys in the shape the SDK asks for."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(name for name, _ in self._pairs)

    def getlist(self, name: str) -> list[str]:
        return [value for key, value in self._pairs if key == name]


def accepted(request: RawRequest) -> bool:
    try:
        wire.verify(request, wire.fields(request.body), auth_token=AUTH_TOKEN)
    except BadSignature:
        return False
    return True


class TestVerify:
    @tried(100)  # a busy machine is not a failure
    @given(pairs=st.lists(st.tuples(TEXT, TEXT), max_size=8), signed_for=URLS, called=URLS, sha256=st.booleans())
    def test_agrees_with_the_sdk_on_any_form_and_address(
        self, pairs: list[tuple[str, str]], signed_for: str, called: str, sha256: bool
    ) -> None:
        # A form without a single "=" has no fields for anybody: Twilio never posts a nameless one.
        pairs = [(name or "x", value) for name, value in pairs]
        theirs, algorithm = RequestValidator(AUTH_TOKEN), "HMAC_SHA256" if sha256 else "HMAC_SHA1"
        signature = theirs.compute_signature(signed_for, MultiDict(pairs), algorithm)
        settings = {"x-twilio-webhooks-signature-settings": f"key=webhooks_sharedkey_1, algorithm={algorithm}"}
        request = raw(called, urlencode(pairs).encode(), signature, **settings)
        assert accepted(request) == theirs.validate(called, MultiDict(pairs), signature, algorithm)

    @pytest.mark.parametrize("port", ["", ":443", ":8443"])
    def test_over_https_the_port_does_not_matter(self, port: str) -> None:
        signature = RequestValidator(AUTH_TOKEN).compute_signature(MESSAGES, INBOUND)
        called = MESSAGES.replace(".com", f".com{port}")
        assert accepted(raw(called, urlencode(INBOUND).encode(), signature))

    @pytest.mark.parametrize("signature", [None, "", "x", "ü", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "\ud800"])
    def test_refuses_a_signature_that_is_missing_or_made_up(self, signature: str | None) -> None:
        assert not accepted(raw(MESSAGES, urlencode(INBOUND).encode(), signature))

    def test_refuses_an_algorithm_it_does_not_know(self) -> None:
        request = posted(MESSAGES, INBOUND)
        settings = {"x-twilio-webhooks-signature-settings": "algorithm=HMAC_MD5"}
        assert not accepted(RawRequest(request.url, {**request.headers, **settings}, request.body))

    def test_a_body_that_is_not_utf_8_has_a_signature_like_any_other(self) -> None:
        assert accepted(signed(MESSAGES, b"Body=%FF%FE&a=\xff\xfe"))

    def test_a_body_that_is_no_form_is_signed_by_its_hash_in_the_address(self) -> None:
        body = b'{"property": "value"}'
        url = f"{MESSAGES}?bodySHA256={hashlib.sha256(body).hexdigest()}"
        signature = RequestValidator(AUTH_TOKEN).compute_signature(url, {})
        headers = {"x-twilio-signature": signature, "content-type": "application/json"}
        assert accepted(RawRequest(url, headers, body))
        assert not accepted(RawRequest(url, headers, body + b" "))

    def test_an_address_that_is_none_is_refused(self) -> None:
        assert not accepted(raw("http://[nowhere", b"", "x"))


class TestAdmit:
    def test_a_message_is_known_by_its_sid(self) -> None:
        assert wire.admit(posted(MESSAGES, INBOUND), auth_token=AUTH_TOKEN) == f"message:{SID}"

    def test_a_status_is_known_by_sid_status_and_error(self) -> None:
        failed = {**STATUS, "MessageStatus": "failed", "ErrorCode": "63016"}
        assert wire.admit(posted(STATUSES, STATUS), auth_token=AUTH_TOKEN) == f"status:{SID}:delivered"
        assert wire.admit(posted(STATUSES, failed), auth_token=AUTH_TOKEN) == f"status:{SID}:failed:63016"

    def test_a_status_posted_to_the_messages_address_is_still_a_status(self) -> None:
        assert wire.admit(posted(MESSAGES, STATUS), auth_token=AUTH_TOKEN) == f"status:{SID}:delivered"

    @pytest.mark.parametrize(
        "form", [{}, {"a": "b"}, {**INBOUND, "MessageSid": ""}, {**INBOUND, "MessageSid": "SM\0:1"}]
    )
    def test_signed_nonsense_gets_a_key_of_its_own(self, form: dict[str, str]) -> None:
        key = wire.admit(posted(MESSAGES, form), auth_token=AUTH_TOKEN)
        assert key.startswith("unreadable:")
        assert key == wire.admit(posted(MESSAGES, form), auth_token=AUTH_TOKEN)

    def test_a_form_of_a_hundred_thousand_fields_is_not_worth_a_signature_check(self) -> None:
        with pytest.raises(BadSignature):
            wire.admit(raw(MESSAGES, b"a&" * 100_000, "x"), auth_token=AUTH_TOKEN)


def inbound(**changes: str) -> Inbound:
    event = wire.parse(posted(MESSAGES, {**INBOUND, **changes}))
    assert isinstance(event, Inbound)
    return event


class TestParseMessage:
    def test_says_who_wrote_what_to_which_number(self) -> None:
        event = inbound(OriginalRepliedMessageSid="SM9")
        assert (event.key, event.channel) == (SID, "whatsapp")
        assert (event.sender, event.account) == ("+4915112345678", "+14155550100")
        assert (event.sender_name, event.replies_to, event.sent_at) == ("Mia Möller", "SM9", None)
        assert event.text == INBOUND["Body"]

    @pytest.mark.parametrize("text", ["مرحبا، أين طلبي؟", "👩‍👩‍👧 🇩🇪", "a+b&c=d%20e", "x" * 4000, " \n", "line\r\ntwo"])
    def test_keeps_any_text_as_it_was_written(self, text: str) -> None:
        assert inbound(Body=text).text == text

    def test_replaces_what_the_database_cannot_store(self) -> None:
        event = wire.parse(raw(MESSAGES, urlencode(INBOUND).encode() + b"&Body=a%00b%ED%A0%80%FFc", None))
        assert isinstance(event, Inbound)
        assert "\0" not in event.text
        assert event.text.startswith("a\ufffdb")
        event.text.encode()  # no lone surrogates

    def test_files_are_named_by_where_they_are_at_twilio_and_what_they_claim_to_be(self) -> None:
        path = f"/2010-04-01/Accounts/AC1/Messages/{SID}/Media/ME"
        event = inbound(
            Body="",
            NumMedia="2",
            MediaUrl0=f"https://api.twilio.com{path}1",
            MediaContentType0="image/jpeg",
            MediaUrl1=f"https://api.dublin.ie1.twilio.com{path}2",
        )
        assert event.text == ""
        assert event.files == (RemoteFile(f"{path}1", content_type="image/jpeg"), RemoteFile(f"{path}2"))
        assert "MediaUrl0" not in event.extra

    @pytest.mark.parametrize(
        "url",
        [
            "https://user:secret@files.example.com/1?token=secret",
            "/2010-04-01/Accounts/AC1/Messages/MM1/Media/../../../Keys",
            "https://api.twilio.com/2010-04-01/Accounts/AC1/Keys/SK1",
            "http://[nowhere",
        ],
    )
    def test_of_a_file_that_is_somewhere_else_no_address_is_kept(self, url: str) -> None:
        assert inbound(MediaUrl0=url, MediaContentType0="image/png").files == (
            RemoteFile("", content_type="image/png"),
        )

    def test_a_location_can_be_read_and_looked_at_on_a_map(self) -> None:
        event = inbound(Body="", Latitude="52.52", Longitude="-13.40", Label="Café", Address="Mitte")
        assert event.text.splitlines() == [
            "Location: 52.52, -13.40 (Café, Mitte)",
            "https://www.openstreetmap.org/?mlat=52.52&mlon=-13.40#map=16/52.52/-13.40",
        ]
        assert inbound(Body="here", Latitude="1", Longitude="2").text.startswith("here\nLocation: 1, 2\nhttps://")

    @pytest.mark.parametrize(
        ("latitude", "longitude"), [("91", "0"), ("1", "181"), ("1e1", "0"), ("1&x=", "2"), ("١", "2")]
    )
    def test_what_is_no_place_on_earth_gets_no_map(self, latitude: str, longitude: str) -> None:
        assert inbound(Body="", Latitude=latitude, Longitude=longitude).text == f"Location: {latitude}, {longitude}"

    def test_a_pressed_button_speaks_for_an_empty_body_and_brings_its_data(self) -> None:
        event = inbound(Body="", ButtonText="Not solved", ButtonPayload="no")
        assert (event.text, event.pressed) == ("Not solved", "no")
        assert inbound().pressed is None

    def test_the_senders_number_is_known(self) -> None:
        assert inbound().phone == "+4915112345678"

    def test_keeps_unannounced_fields_within_bounds(self) -> None:
        event = inbound(BrandNew="1", Blank="", Huge="y" * 10_000, **{f"Field{n}": "v" for n in range(500)})
        assert event.extra["BrandNew"] == "1"
        assert "Blank" not in event.extra
        assert len(event.extra["Huge"]) == 1000
        assert len(event.extra) == 60

    @pytest.mark.parametrize(
        "sender", ["", "+4915112345678", "whatsapp:", "whatsapp:abc", "messenger:12", "whatsapp:+١٢٣"]
    )
    def test_a_sender_that_is_no_whatsapp_number_is_unreadable(self, sender: str) -> None:
        with pytest.raises(Unreadable):
            inbound(From=sender)


def report(url: str = STATUSES, **changes: str) -> DeliveryReport:
    event = wire.parse(posted(url, {**STATUS, **changes}))
    assert isinstance(event, DeliveryReport)
    return event


class TestParseStatus:
    @pytest.mark.parametrize(
        ("status", "delivery"),
        [
            ("accepted", Delivery.SENDING),
            ("queued", Delivery.SENDING),
            ("sending", Delivery.SENDING),
            ("sent", Delivery.SENT),
            ("delivered", Delivery.DELIVERED),
            ("read", Delivery.READ),
            ("undelivered", Delivery.FAILED),
            ("failed", Delivery.FAILED),
        ],
    )
    def test_names_each_status_of_twilio(self, status: str, delivery: Delivery) -> None:
        assert report(MessageStatus=status).delivery is delivery

    def test_a_failure_says_what_a_person_can_do(self) -> None:
        event = report(MessageStatus="failed", ErrorCode="63016")
        assert event.error_code == "63016"
        assert event.error is not None
        assert event.error.startswith("The 24-hour window is closed: ")
        assert not event.resendable

    def test_an_unknown_error_still_says_what_twilio_said(self) -> None:
        event = report(MessageStatus="undelivered", ErrorCode="65432", ChannelStatusMessage="Strange things.")
        assert event.error is not None
        assert event.error.startswith("WhatsApp did not take the message (Twilio error 65432: Strange things): ")
        assert event.resendable

    def test_carries_our_own_id_back(self) -> None:
        ours = uuid4()
        assert report(f"{STATUSES}?m={ours}").message_id == ours

    @pytest.mark.parametrize("query", ["", "?", "?m=", "?m=1", "?m=%00", "?x=1&y", f"?n={UUID(int=1)}"])
    def test_ignores_garbage_in_the_place_of_our_id(self, query: str) -> None:
        assert report(STATUSES + query).message_id is None

    def test_a_status_it_does_not_know_is_unreadable(self) -> None:
        with pytest.raises(Unreadable):
            report(MessageStatus="teleported")
