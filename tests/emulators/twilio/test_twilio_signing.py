from twilio.request_validator import RequestValidator

from emulators.twilio import signature, signed_form

TOKEN = "12345"
FORM = {"CallSid": "CA1234567890ABCDE", "Digits": "1234", "From": "+14158675309", "To": "+18005551212", "Empty": ""}


def accepted(url: str, params: dict[str, str], given: str) -> bool:
    return bool(RequestValidator(TOKEN).validate(url, params, given))


class TestSignature:
    def test_the_sdk_accepts_it_over_http_and_https_with_and_without_ports(self) -> None:
        for url in (
            "https://desk.example/w?foo=1&bar=2",
            "https://desk.example:1234/w?foo=1",
            "http://desk.example/w",
            "http://desk.example:1234/w",
        ):
            assert accepted(url, FORM, signature(url, FORM, TOKEN)), url

    def test_the_fragment_is_not_signed(self) -> None:
        assert signature("http://desk.example/w#rc=3", FORM, TOKEN) == signature("http://desk.example/w", FORM, TOKEN)

    def test_a_changed_value_or_another_token_is_noticed(self) -> None:
        url = "https://desk.example/w"
        assert not accepted(url, FORM | {"Digits": "9"}, signature(url, FORM, TOKEN))
        assert not accepted(url, FORM, signature(url, FORM, "another"))

    def test_a_repeated_key_is_signed_once_per_distinct_value_whatever_the_order(self) -> None:
        url = "https://desk.example/w"
        one = signature(url, [("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")], TOKEN)
        assert one == signature(url, [("Digits", "1234"), ("Digits", "5678")], TOKEN)


class TestSignedForm:
    def test_the_body_decodes_to_the_signed_values_blank_ones_included(self) -> None:
        body, headers = signed_form("https://desk.example/w", {"Body": "a+b & ünï 🙂", "Empty": ""}, TOKEN)
        assert body == b"Body=a%2Bb+%26+%C3%BCn%C3%AF+%F0%9F%99%82&Empty="
        assert headers["Content-Type"].startswith("application/x-www-form-urlencoded")
        assert accepted("https://desk.example/w", {"Body": "a+b & ünï 🙂", "Empty": ""}, headers["X-Twilio-Signature"])
