"""What Twilio's errors mean for whoever wrote the message: in words that say what to do, and whether to try again."""

import pytest

from connectors.whatsapp import failures
from connectors.whatsapp.client import refusal
from connectors.whatsapp.failures import failure
from core.errors import AccountRefused, MessageRefused

KNOWN = sorted(failures._FAILURES)


class TestFailure:
    @pytest.mark.parametrize("code", KNOWN)
    def test_says_what_happened_and_what_to_do(self, code: str) -> None:
        happened, _, then = failure(code).words.partition(": ")
        assert happened
        assert then.endswith(".")

    @pytest.mark.parametrize("code", KNOWN)
    def test_what_may_pass_later_is_what_the_words_say_to_send_again(self, code: str) -> None:
        known = failure(code)
        words = known.words.replace("do not send it again today", "")
        assert ("end it again" in words) is known.resendable

    @pytest.mark.parametrize(
        ("code", "resendable"),
        [
            ("63016", False),  # the window is closed: the same text is refused again
            ("63024", False),
            ("63003", False),
            ("21610", False),
            ("21211", False),
            ("21617", False),
            ("63018", True),
            ("20003", True),  # once an admin has mended the account
            ("65432", True),  # unknown: a person may try
            ("", True),
        ],
    )
    def test_tells_what_sending_again_may_help_against(self, code: str, resendable: bool) -> None:
        assert failure(code).resendable is resendable

    def test_one_that_nobody_named_is_said_so(self) -> None:
        words = "WhatsApp did not take the message (Twilio named no error): send it again, or use another channel."
        assert failure("").words == words

    def test_twilios_own_words_are_kept_within_bounds(self) -> None:
        assert len(failure("9" * 500, "x" * 5000).words) < 500


class TestRefusals:
    def test_a_bad_account_may_be_mended_and_the_message_sent_again(self) -> None:
        error = refusal(401, '{"code": 20003, "message": "Authenticate"}', {})
        assert isinstance(error, AccountRefused)
        assert (error.resendable, "TWILIO_AUTH_TOKEN" in error.message) == (True, True)

    @pytest.mark.parametrize(("code", "resendable"), [(63016, False), (63012, True)])
    def test_a_refused_message_knows_it_too(self, code: int, resendable: bool) -> None:
        error = refusal(400, f'{{"code": {code}, "message": "said"}}', {})
        assert isinstance(error, MessageRefused)
        assert error.resendable is resendable
