"""A file of customers, line by line: what each says, and what is said about those that are wrong."""

from collections.abc import Sequence

import pytest

from ticketing.customers.import_file import ImportLine, LineError, columns, read_lines


def read(names: Sequence[str], *rows: Sequence[str]) -> list[ImportLine | LineError]:
    return list(read_lines(names, enumerate(rows, start=2)))


class TestColumns:
    def test_are_known_in_any_case_and_order(self) -> None:
        assert columns([" Name", "PHONE", "attr.vip"]) == ["name", "phone", "attr.vip"]

    @pytest.mark.parametrize(
        ("headings", "column", "words"),
        [
            (["phone", "colour"], "colour", "There is no such column"),
            (["phone", "attr.Vip Customer"], "attr.vip customer", "There is no such column"),
            (["phone", "name", "name"], "name", "twice"),
            (["name", "tier"], "", "who it is about"),
            ([], "", "who it is about"),
        ],
    )
    def test_that_cannot_be_are_named_with_what_there_is(self, headings: list[str], column: str, words: str) -> None:
        (error,) = columns(headings)
        assert isinstance(error, LineError)
        assert (error.line, error.column) == (1, column)
        assert words in error.message


class TestReadLines:
    def test_numbers_are_read_as_people_write_them_and_empty_cells_say_nothing(self) -> None:
        names = ("phone", "email", "name", "tier", "attr.vip", "attr.orders")
        (line,) = read(names, ["0049 (151) 234-5678", "Clara@Example.COM", " Clara ", "", "true", "3"])
        assert isinstance(line, ImportLine)
        assert line.addresses == (("whatsapp", "+491512345678"), ("email", "clara@example.com"))
        assert line.attributes == {"name": "Clara", "attr.vip": True, "attr.orders": 3}

    @pytest.mark.parametrize(
        ("cells", "column", "words"),
        [
            (["0151 2345678", "", ""], "phone", "+49"),
            (["", "@clara", ""], "telegram", "number"),
            (["", "", "de"], "", "names nobody"),
            (["+4915112345678", "", "German"], "language", "language"),
            (["+4915112345678", "", "de", "x"], "", "4 cells for 3 columns"),
        ],
    )
    def test_a_wrong_line_is_named_with_its_column_and_the_next_is_read(
        self, cells: list[str], column: str, words: str
    ) -> None:
        wrong, right = read(("phone", "telegram", "language"), cells, ["+4930123456", "", ""])
        assert isinstance(wrong, LineError)
        assert (wrong.line, wrong.column) == (2, column)
        assert words in wrong.message
        assert isinstance(right, ImportLine)

    def test_one_address_in_two_lines_is_wrong_in_the_second(self) -> None:
        first, blank_skipped_second = read(("phone",), ["+4930123456"], ["+49 30 123456"])
        assert isinstance(first, ImportLine)
        assert blank_skipped_second == LineError(
            3, "whatsapp", "+4930123456 stands in line 2 already: remove one of the two."
        )

    def test_blank_lines_are_nothing(self) -> None:
        assert read(("phone",), [], [" "]) == []

    def test_an_address_that_cannot_be_stored_is_wrong_in_words(self) -> None:
        (error,) = read(["email"], ["clara\0@example.com"])
        assert isinstance(error, LineError)
        assert "no e-mail address" in error.message
