"""Addresses as people type them, and as they are offered to be changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.messages import Party
from tests.examples import tried
from ticketing.conversations.recipient import AddressRefused, mail_address
from ticketing.mails.envelope import as_typed, read_copies

EVE, ANN = Party("eve@x.example", "Eve Else"), Party("ann@y.example")


class TestReadCopies:
    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("", ()),
            ("  , ;\n", ()),
            ("Eve Else <eve@x.example>, ann@y.example", (EVE, ANN)),
            ("Eve Else <eve@x.example>; ann@y.example\n", (EVE, ANN)),
            ("Eve   Else <eve@x.example>\nann@y.example", (EVE, ANN)),
            ('"Else, Eve" <eve@x.example>', (Party("eve@x.example", "Else, Eve"),)),
            ("<ann@y.example>", (ANN,)),
            ("ann@y.example, ANN@Y.example", (ANN,)),
            ("ann@münchen.example", (Party("ann@xn--mnchen-3ya.example"),)),
        ],
    )
    def test_finds_everybody_once(self, typed: str, found: tuple[Party, ...]) -> None:
        assert read_copies(typed) == found

    @pytest.mark.parametrize(
        "typed",
        [
            *("Eve", "eve@", "@x.example", "eve@localhost", "a b@x.example", "Eve <eve@x.example", "eve@x..example"),
            *("e\u00e9@x.example", "a@b@x.example", f"{'a' * 65}@x.example", "<>", "eve@-x.example", ".e@x.example"),
        ],
    )
    def test_says_which_is_no_address(self, typed: str) -> None:
        with pytest.raises(AddressRefused, match="is no e-mail address: write it like"):
            read_copies(f"ann@y.example, {typed}")

    def test_takes_fifty_people(self) -> None:
        with pytest.raises(AddressRefused, match="51 people are too many"):
            read_copies(", ".join(f"e{n}@x.example" for n in range(51)))

    @tried(60)
    @given(st.lists(st.text(max_size=60), max_size=4))
    def test_what_is_offered_is_read_again_whatever_people_are_called(self, names: list[str]) -> None:
        copies = [Party(f"e{n}@x.example", name) for n, name in enumerate(names)]
        assert [each.address for each in read_copies(as_typed(copies))] == [each.address for each in copies]

    @tried(60)
    @given(st.text(alphabet='ab@<>",;. \n\\', max_size=200))
    def test_whatever_is_typed_is_read_or_refused(self, typed: str) -> None:
        try:
            found = read_copies(typed)
        except AddressRefused:
            return
        assert all(mail_address(each.address) == each.address for each in found)
        assert "\n" not in "".join(each.name or "" for each in found)
