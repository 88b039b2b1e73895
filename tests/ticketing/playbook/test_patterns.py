"""Patterns of text fields: useful ones are taken, and whatever is typed is looked at once only."""

import pytest

from ticketing.playbook.patterns import flaw, matches


@pytest.mark.parametrize(
    ("pattern", "right", "wrong"),
    [
        ("[0-9]{4}", "1234", "1234\n"),
        ("#?[A-Za-z0-9-]{3,30}", "#A-1234", "no order"),
        (r"\d{1,3}(,\d{3})*(\.\d{2})?", "1,234.50", "1,23"),
        (r"[A-Z]{2}\d{2}( ?[A-Z0-9]{4}){3,7}", "AT61 1904 3002 3457 3201", "AT61"),
        ("(INV|CRN)-[0-9]+", "CRN-7", "INV-7 CRN-7"),
        (r"(\w+ )*\w+", "two words", "two  words"),
        (r"[^@\s]+@[^@\s]+", "a@b", "a@b@c"),
        (r"(?P<year>20\d\d)-\d\d", "2026-11", "1926-11"),
        (r"[]a-c\]]+", "a]", "d"),
        ("a|b", "b", "ab"),
        ("", "", "x"),
    ],
)
def test_the_whole_of_a_text_is_as_its_pattern_says(pattern: str, right: str, wrong: str) -> None:
    assert flaw(pattern) is None
    assert matches(pattern, right)
    assert not matches(pattern, wrong)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b",
        "(a|a)*b",
        r"(a+) ?(a+) ?(a+) ?(a+) ?(a+)!",
        "a?" * 40 + "a" * 40 + "b",
        "a{0,12}" * 12 + "b",
        "(.*)(.*)(.*)(.*)(.*)(.*)x",
        "((a{1,20}){1,20}|a*)*b",
    ],
)
def test_no_text_keeps_any_of_them_busy(pattern: str) -> None:
    """An engine that goes back and tries anew would look at this text until the tests are ended by force."""
    assert flaw(pattern) is None
    assert not matches(pattern, "a" * 3000)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("[0-9", "is no regular expression"),
        ("a)|(b", "is no regular expression: a bracket is closed that was never opened"),
        ("(a", "is no regular expression: unclosed group"),
        ("(?=a)b", "look-around"),
        (r"(a)\1", "back-references"),
        ("(?i)abc", "flags"),
        ("a{1001}", "more than 1,000 signs"),
        ("(?:[a-z]{0,100} ?){300}", "more than 1,000 signs"),
        ("((a{10}){10}){11}", "more than 1,000 signs"),
        ("(){1001}", "more than 1,000 signs"),
    ],
)
def test_one_that_is_none_or_not_ours_is_not(pattern: str, words: str) -> None:
    assert words in (flaw(pattern) or "")
