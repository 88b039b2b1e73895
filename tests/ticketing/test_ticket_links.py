"""The lasting addresses of tickets."""

import pytest

from ticketing.attachments.links import Links
from ticketing.tickets.links import is_signed, number_in, ticket_link

LINKS = Links("https://desk.example/help/", b"a key of this test")


def test_a_link_is_the_same_for_good_and_read_back() -> None:
    link = ticket_link(LINKS, 12)
    assert link == ticket_link(LINKS, 12)
    assert link.startswith("https://desk.example/help/tickets/12?s=")
    assert number_in(LINKS, link) == 12


def test_only_we_can_sign_and_for_one_ticket_only() -> None:
    signature = ticket_link(LINKS, 12).partition("?s=")[2]
    assert is_signed(LINKS, 12, signature)
    assert not is_signed(LINKS, 13, signature)
    assert not is_signed(Links(LINKS.base_url, b"another key"), 12, signature)
    for forged in ("", "ü", signature[:-1], signature.upper(), "0" * 32):
        assert not is_signed(LINKS, 12, forged)


@pytest.mark.parametrize("typed", ["https://desk.example/help/tickets/12", "https://DESK.example/help/tickets/12/#x"])
def test_a_typed_one_is_understood(typed: str) -> None:
    assert number_in(LINKS, typed) == 12


@pytest.mark.parametrize(
    "other",
    [
        "https://desk.example/tickets/12",
        "http://desk.example/help/tickets/12",
        "https://desk.example:8443/help/tickets/12",
        "https://desk.example.evil.example/help/tickets/12",
        "https://evil.example/https://desk.example/help/tickets/12",
        "https://desk.example/help/tickets/",
        "https://desk.example/help/tickets/12/edit",
        "https://desk.example/help/tickets/1234567890",
        "https://desk.example/help/tickets/١٢",
        "https://[desk/help/tickets/12",
        "",
    ],
)
def test_any_other_address_is_of_no_ticket(other: str) -> None:
    assert number_in(LINKS, other) is None
