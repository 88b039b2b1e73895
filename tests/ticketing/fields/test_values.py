"""One value of a field, kind by kind: what is understood, what is refused and in which words, and back again."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import tried
from ticketing.fields.refusals import ValueRefused
from ticketing.fields.values import Raw, as_typed, is_given, parse, read, show
from ticketing.playbook.fields import Field, FieldKind, Option
from ticketing.tickets.ticket import Stored

FILE, OTHER_FILE, STRANGE = (UUID(int=number) for number in (1, 2, 3))


def a_field(kind: FieldKind, **more: Any) -> Field:
    return Field("it", "It", kind, **more)


def _name(value: object) -> str:
    return value.kind.value if isinstance(value, Field) else repr(value)[:30]


TEXT = a_field(FieldKind.TEXT)
ORDER = a_field(FieldKind.TEXT, pattern="[A-Z]{2}[0-9]{3,6}", hint="Like AB1234", most=Decimal(8))
NUMBER = a_field(FieldKind.NUMBER)
USD = a_field(FieldKind.MONEY, currency="USD", least=Decimal("0.01"), most=Decimal(10000))
EUR, JPY, KWD = (a_field(FieldKind.MONEY, currency=each) for each in ("EUR", "JPY", "KWD"))
DAY = a_field(FieldKind.DATE)
_OPTIONS = (Option("refund", "Refund"), Option("replacement", "Replacement"), Option("none", "Nothing owed"))
CAFE = a_field(FieldKind.DROPDOWN, options=(Option("cafe", "Café"),))
DROPDOWN = a_field(FieldKind.DROPDOWN, options=_OPTIONS)
SEVERAL = a_field(FieldKind.MULTI_SELECT, options=_OPTIONS, most=Decimal(2))
BOX = a_field(FieldKind.CHECKBOX)
FILES = a_field(FieldKind.FILE, most=Decimal(1))

UNDERSTOOD: list[tuple[Field, Raw, Stored | None]] = [
    (TEXT, "  two\r\nlines ", "two\nlines"),
    (TEXT, "e\u0301", "é"),
    (TEXT, " \u200b ", None),
    (TEXT, None, None),
    (ORDER, "AB1234", "AB1234"),
    (NUMBER, "1.234,56", "1234.56"),
    (NUMBER, "1,234.56", "1234.56"),
    (NUMBER, "1 234 567", "1234567"),
    (NUMBER, "1'234.50", "1234.5"),
    (NUMBER, "1.234.567", "1234567"),
    (NUMBER, "1,23,456", "123456"),
    (NUMBER, "1234,5", "1234.5"),
    (NUMBER, "0.125", "0.125"),
    (NUMBER, "-0", "0"),
    (NUMBER, "\u22122", "-2"),
    (NUMBER, "٨٩", "89"),
    (NUMBER, "", None),
    (USD, "89", "89.00"),
    (USD, "$1,234.5", "1234.50"),
    (USD, "1.234,56 USD", "1234.56"),
    (USD, "usd 7", "7.00"),
    (EUR, "-5 €", "-5.00"),
    (JPY, "1,234", "1234"),
    (KWD, "1,5", "1.500"),
    (DAY, "2026-11-24", "2026-11-24"),
    (DAY, "24.11.2026", "2026-11-24"),
    (DAY, "24/11/2026", "2026-11-24"),
    (DAY, "11/24/2026", "2026-11-24"),
    (DAY, "24 Nov 2026", "2026-11-24"),
    (DAY, "November 24th, 2026", "2026-11-24"),
    (DAY, " ", None),
    (DROPDOWN, "refund", "refund"),
    (DROPDOWN, "nothing OWED", "none"),
    (CAFE, "cafe\u0301", "cafe"),
    (DROPDOWN, None, None),
    (SEVERAL, ["none", "refund", "refund"], ["refund", "none"]),
    (SEVERAL, "Refund", ["refund"]),
    (SEVERAL, [], None),
    (BOX, True, True),
    (BOX, "no", False),
    (BOX, "", None),
    (FILES, [str(FILE).upper(), str(FILE)], [str(FILE)]),
]
REFUSED: list[tuple[Field, Any, str]] = [
    (TEXT, "a\0b", "holds characters that are none"),
    (TEXT, "half \ud83d", "holds characters that are none"),
    (TEXT, "x" * 10_000_000, "too long: 3000 characters"),
    (TEXT, "x" * 3001, "has 3001 characters: 3000 are the most"),
    (TEXT, True, "One value is expected"),
    (ORDER, "ab1234", "Like AB1234"),
    (ORDER, "AB1234567", "8 are the most"),
    (NUMBER, "1.234", "two ways. Write 1234 or 1.2340."),
    (NUMBER, "1,234", "two ways. Write 1234 or 1.2340."),
    (NUMBER, "12 34", "groups of three"),
    (NUMBER, "1e5", "is no number"),
    (NUMBER, "NaN", "is no number"),
    (NUMBER, "0.1234567", "more than 6 digits"),
    (NUMBER, "1" * 16, "too large"),
    (NUMBER, "9" * 10_000_000, "too long for a number"),
    (NUMBER, "1.234,567,8", "several decimal points"),
    (USD, "89 EUR", "Write it in USD"),
    (USD, "£89", "Write it in USD"),
    (USD, "89.999", "two ways. Write 89999 or 89.99."),
    (USD, "1234.567", "at most 2 digits"),
    (USD, "0", "0.01 USD is the least"),
    (USD, "10,000.01", "10000 USD is the most"),
    (USD, "free", "Write one like 1234.50"),
    (JPY, "1.5", "no digits after a decimal point"),
    (DAY, "2026-02-30", "no such date"),
    (DAY, "2027-02-29", "no such date"),
    (DAY, "03/04/2026", "two ways"),
    (DAY, "24.11.26", "Write it like 2026-11-24"),
    (DAY, "0001-01-01", "between the years"),
    (DAY, "2" * 10_000_000, "is no date"),
    (DROPDOWN, "voucher", "none of the options: Refund, Replacement, Nothing owed"),
    (DROPDOWN, ["refund"], "One value is expected"),
    (SEVERAL, ["refund", "replacement", "none"], "2 at most"),
    (SEVERAL, ["refund"] * 1000, "1000 are too many"),
    (BOX, "perhaps", "neither yes nor no"),
    (FILES, ["nonsense"], "none of this ticket's"),
    (FILES, [str(STRANGE)], "none of this ticket's"),
    (FILES, [str(FILE), str(OTHER_FILE)], "1 at most"),
]


class TestParse:
    @pytest.mark.parametrize(("field", "raw", "stored"), UNDERSTOOD, ids=_name)
    def test_what_people_write_becomes_one_stored_form(self, field: Field, raw: Raw, stored: Stored | None) -> None:
        assert parse(field, raw, files={FILE, OTHER_FILE}) == stored

    @pytest.mark.parametrize(("field", "raw", "words"), REFUSED, ids=_name)
    def test_what_cannot_be_or_could_be_two_things_is_refused_with_what_to_write(
        self, field: Field, raw: Any, words: str
    ) -> None:
        with pytest.raises(ValueRefused) as refused:
            parse(field, raw, files={FILE, OTHER_FILE})
        assert words in refused.value.message
        assert len(refused.value.message) < 300

    @tried(200)
    @given(raw=st.one_of(st.text(), st.text(alphabet="0123456789.,' -+$€/"), st.booleans(), st.lists(st.text())))
    @pytest.mark.parametrize("field", [TEXT, ORDER, NUMBER, USD, DAY, DROPDOWN, SEVERAL, BOX, FILES], ids=_name)
    def test_anything_at_all_is_understood_or_refused_and_what_is_stored_can_be_read(
        self, field: Field, raw: Raw
    ) -> None:
        try:
            stored = parse(field, raw, files={FILE})
        except ValueRefused:
            return
        assert (stored is None) is (read(field, stored) is None)
        assert isinstance(show(field, stored), str)


_NUMBERS = st.decimals(-(10**14), 10**14, places=6, allow_nan=False, allow_infinity=False)
_CENTS = st.decimals(Decimal("0.01"), 10000, places=2)


class TestRoundTrip:
    @tried(200)
    @given(st.one_of(_NUMBERS, st.decimals(-2000, 2000, places=3)))
    def test_a_number_is_typed_again_as_it_is_shown_in_a_form(self, value: Decimal) -> None:
        stored = parse(NUMBER, f"{value:.6f}")
        assert read(NUMBER, stored) == value
        assert parse(NUMBER, as_typed(NUMBER, stored)) == stored

    @tried(100)
    @given(_CENTS)
    def test_money_too_exactly(self, value: Decimal) -> None:
        stored = parse(USD, f"{value:.2f}")
        assert stored == f"{value:.2f}"
        assert parse(USD, as_typed(USD, stored)) == stored
        assert parse(USD, show(USD, stored)) == stored

    @tried(100)
    @given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
    def test_dates_in_the_form_and_as_people_read_them(self, day: date) -> None:
        stored = parse(DAY, day.isoformat())
        assert read(DAY, stored) == day
        assert parse(DAY, show(DAY, stored)) == stored

    @tried(100)
    @given(st.text(max_size=300))
    def test_a_text_that_was_taken_is_taken_again_unchanged(self, text: str) -> None:
        try:
            stored = parse(TEXT, text)
        except ValueRefused:
            return
        assert parse(TEXT, as_typed(TEXT, stored)) == stored


class TestShow:
    @pytest.mark.parametrize(
        ("field", "stored", "text"),
        [
            (USD, "1234.50", "1,234.50 USD"),
            (NUMBER, "-1234.5", "-1,234.5"),
            (DAY, "2026-11-04", "4 Nov 2026"),
            (DROPDOWN, "none", "Nothing owed"),
            (DROPDOWN, "voucher", "voucher"),
            (SEVERAL, ["refund", "none"], "Refund, Nothing owed"),
            (BOX, False, "No"),
            (FILES, [str(FILE)], "1 file"),
            (NUMBER, "many", ""),
            (DAY, True, ""),
            (TEXT, None, ""),
        ],
        ids=_name,
    )
    def test_reads_like_what_people_say_and_as_nothing_where_it_is_of_another_kind(
        self, field: Field, stored: Stored | None, text: str
    ) -> None:
        assert show(field, stored) == text


@pytest.mark.parametrize(
    ("field", "stored", "given"),
    [(BOX, False, False), (BOX, True, True), (TEXT, None, False), (NUMBER, "0", True), (SEVERAL, [], False)],
    ids=_name,
)
def test_a_box_counts_as_filled_in_when_it_is_ticked(field: Field, stored: Stored | None, given: bool) -> None:
    assert is_given(field, stored) is given


def test_a_file_is_named_by_an_id_and_nothing_else() -> None:
    for raw in (f"{FILE}\0", f"{{{FILE}}}", "0" * 1_000_000, ""):
        with pytest.raises(ValueRefused):
            parse(FILES, [raw], files={FILE, UUID(int=0)})
