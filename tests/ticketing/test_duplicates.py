"""Which of a customer's tickets are likely one issue, and why."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.factories import NOW
from ticketing.collaboration.duplicates import Candidate, likely

ORDER = frozenset({("order", "78932")})
MUG = Candidate(uuid4(), 1, "A broken mug", "return", "damaged", NOW, ORDER)


def other(hours: float, **changes: object) -> Candidate:
    """Unlike the mug in everything, opened so long after it."""
    opened = NOW + timedelta(hours=hours)
    plain = Candidate(uuid4(), 2, "Where is my invoice", "general_query", "billing", opened)
    return replace(plain, **changes)  # type: ignore[arg-type]


class TestLikely:
    @pytest.mark.parametrize(
        ("candidate", "why"),
        [
            (other(2, references=ORDER), "same order 78932, 2 hours apart"),
            (other(-24 * 9, references=ORDER), "same order 78932, 9 days apart"),
            (other(0.1, subject="Mug is broken"), "similar subject, 6 minutes apart"),
            (other(1, type="return", category="damaged"), "same kind of issue, 1 hour apart"),
        ],
        ids=lambda each: each if isinstance(each, str) else "",
    )
    def test_says_why(self, candidate: Candidate, why: str) -> None:
        assert [each.why for each in likely(MUG, [candidate])] == [why]

    @pytest.mark.parametrize(
        "candidate",
        [
            other(0),
            other(24 * 31, references=ORDER),
            other(24 * 8, subject="A broken mug"),
            other(25, type="return", category="damaged"),
            other(1, subject="A mug"),
            other(0, subject="A broken mug", references=frozenset({("order", "11111")})),
            other(1, references=frozenset({("amount", "78932")})),
            MUG,
        ],
        ids=["unlike", "long ago", "old words", "old kind", "one word", "another order", "an amount", "itself"],
    )
    def test_offers_nothing_that_only_resembles_it(self, candidate: Candidate) -> None:
        assert likely(MUG, [candidate]) == ()

    def test_the_best_reason_comes_first_and_five_are_enough(self) -> None:
        kinds = [other(hours, type="return", category="damaged") for hours in range(1, 9)]
        found = likely(MUG, [*kinds, other(5, references=ORDER)])
        assert [each.why.split(",")[0] for each in found] == ["same order 78932"] + ["same kind of issue"] * 4
        assert [each.ticket for each in found[1:]] == kinds[:4]
