"""What must not leave the house does not, and what may does."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai.redaction import MASK, redact
from tests.factories import unhurried

SECRETS = {
    "visa": ("my card 4111 1111 1111 1111 was charged", "4111 1111 1111 1111"),
    "in one": ("4111111111111111", "4111111111111111"),
    "dashes": ("card: 5555-5555-5555-4444.", "5555-5555-5555-4444"),
    "amex": ("amex 3782 822463 10005 exp 12/27", "3782 822463 10005"),
    "between letters": ("x4111111111111111y", "4111111111111111"),
    "before its date and code": ("4111 1111 1111 1111 12 27", "4111 1111 1111 1111"),
    "other digits": ("٤١١١ ١١١١ ١١١١ ١١١١", "٤١١١ ١١١١ ١١١١ ١١١١"),
    "two lines apart": ("no-break 4111\u00a01111\u00a01111\u00a01111", "4111\u00a01111\u00a01111\u00a01111"),
    "code": ("cvv 123 please", "123"),
    "named code": ("the security code is 123", "123"),
    "password": ("Password: correct", "correct"),
    "said password": ("my password is rosebud, help", "rosebud"),
    "quoted": ('password = "s3cr3t!x"', "s3cr3t!x"),
    "german": ("mein Passwort ist Hase123", "Hase123"),
    "pin": ("pin: 4711", "4711"),
    "api key": ("use sk-ant-api03-abcdefghijklmnop_12", "sk-ant-api03-abcdefghijklmnop_12"),
    "slack token": ("xoxb-1234567890-abcdefgh", "xoxb-1234567890-abcdefgh"),
    "github token": ("ghp_abcdefghijklmnopqrst1234", "ghp_abcdefghijklmnopqrst1234"),
    "aws": ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
    "jwt": ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdef", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdef"),
    "url": ("https://ada:hunter2@shop.example/", "ada:hunter2"),
    "bearer": ("Authorization: Bearer abcdefghijkl.mnop", "abcdefghijkl.mnop"),
    "private key": ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "MIIE"),
}
HARMLESS = (
    "order #78932 of 2026-11-24, 89.00 USD",
    "4111 1111 1111 1112",  # fails its check digit
    "call me on +49 151 12345678",
    "tracking 1Z999AA10123456784",
    "my password is not working, I need a password reset",
    "the pin is wrong and the secret is gone",
    "sk-8 boots in size 42",
    "write to ada@example.com",
    "1 2 3 4 5 6 7 8 9",
)


class TestRedact:
    @pytest.mark.parametrize(("text", "secret"), SECRETS.values(), ids=SECRETS.keys())
    def test_a_secret_is_masked_and_its_surroundings_stay(self, text: str, secret: str) -> None:
        redacted = redact(text)
        start = text.index(secret)
        assert redacted[start : start + len(secret)] == MASK * len(secret)
        if not text.startswith("-----"):
            assert redacted == text[:start] + MASK * len(secret) + text[start + len(secret) :]

    @pytest.mark.parametrize("text", HARMLESS)
    def test_what_is_no_secret_stays(self, text: str) -> None:
        assert redact(text) == text

    @unhurried
    @given(st.text())
    def test_every_place_stays_in_its_place(self, text: str) -> None:
        redacted = redact(text)
        assert len(redacted) == len(text)
        assert all(after in {before, MASK} for before, after in zip(text, redacted, strict=True))

    @pytest.mark.parametrize(
        "piece", ["1", "1 ", "4-", "eyJ-", "-----BEGIN PRIVATE KEY-----", "password is ", "://a:", "sk-", "Bearer "]
    )
    def test_a_hostile_text_costs_no_more_than_a_long_one(self, piece: str) -> None:
        """In processor time, which others on this machine do not use up; quadratic cost would take minutes."""
        began = time.process_time()
        redact(piece * (32_000 // len(piece)))
        assert time.process_time() - began < 10
