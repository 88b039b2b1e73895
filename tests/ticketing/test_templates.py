"""A template filled in: how it reads, and when it is refused."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from core.messages import Limits
from tests.factories import a_template
from ticketing.templates.fill import TemplateRefused, fill, rendered

LIMITS = Limits(text=60)


def test_it_reads_as_the_customer_will_read_it_and_keeps_what_was_filled_in() -> None:
    template = a_template("Hello {{1}}, your order {{ order }} is here.", name="order_update")
    part = fill(template, {"1": " Clara ", "order": "78\n932"}, LIMITS)
    assert part.text == "Hello Clara, your order 78 932 is here."
    assert part.template is not None
    assert (part.template.name, part.template.variables) == ("order_update", {"1": "Clara", "order": "78 932"})


def test_a_value_that_looks_like_a_place_is_not_filled_in_again() -> None:
    assert rendered("{{1}} {{2}}", {"1": "{{2}}", "2": "x"}) == "{{2}} x"


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, r"needs something for \{\{1\}\}"),
        ({"1": " \n"}, r"needs something for \{\{1\}\}"),
        ({"1": "x", "2": "y"}, "has no variable 2"),
        ({"1": "x" * 61}, "stands for .* has 61 characters; this channel takes 60"),
        ({"1": "x" * 55}, "with what was filled in has 61 characters"),
    ],
)
def test_what_is_missing_unknown_or_too_long_is_refused_in_words(variables: Mapping[str, str], words: str) -> None:
    with pytest.raises(TemplateRefused, match=words):
        fill(a_template("Hello {{1}}"), variables, LIMITS)


@pytest.mark.parametrize("status", ["pending", "rejected", "paused", "gone"])
def test_only_an_approved_one_can_be_sent(status: str) -> None:
    with pytest.raises(TemplateRefused, match=f"is {status}"):
        fill(replace(a_template("Hello {{1}}"), status=status), {"1": "Clara"}, LIMITS)
