"""What became of a message only moves forward, whatever order the reports come in."""

from functools import reduce
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.messages import Delivery, advance
from tests.factories import unhurried

D = Delivery
STATES = st.sampled_from(list(Delivery))
ORDER = [D.PENDING, D.SENDING, D.UNKNOWN, D.SENT, D.FAILED, D.DELIVERED, D.READ, D.WITHDRAWN]


class TestAdvance:
    @pytest.mark.parametrize(("earlier", "later"), list(pairwise(ORDER)))
    def test_a_later_state_wins_and_an_earlier_one_changes_nothing(self, earlier: Delivery, later: Delivery) -> None:
        assert advance(earlier, later) is later
        assert advance(later, earlier) is later

    @pytest.mark.parametrize(
        ("current", "reported", "then"),
        [
            (D.SENT, D.FAILED, D.FAILED),  # accepted by the provider, refused by WhatsApp
            (D.DELIVERED, D.FAILED, D.DELIVERED),  # what arrived cannot fail any more
            (D.READ, D.DELIVERED, D.READ),
            (D.UNKNOWN, D.DELIVERED, D.DELIVERED),  # a report settles what we did not know
            (D.UNKNOWN, D.PENDING, D.UNKNOWN),  # and nothing makes it be sent again
            (D.FAILED, D.SENT, D.FAILED),
        ],
    )
    def test_what_a_provider_reports_late(self, current: Delivery, reported: Delivery, then: Delivery) -> None:
        assert advance(current, reported) is then

    @unhurried
    @given(STATES)
    def test_the_same_report_twice_changes_nothing(self, state: Delivery) -> None:
        assert advance(state, state) is state

    @unhurried
    @given(st.lists(STATES, min_size=1).flatmap(lambda reports: st.tuples(st.just(reports), st.permutations(reports))))
    def test_the_order_of_reports_does_not_matter(self, reports: tuple[list[Delivery], list[Delivery]]) -> None:
        one, other = (reduce(advance, order, Delivery.PENDING) for order in reports)
        assert one is other
