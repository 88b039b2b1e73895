"""Ids are UUIDs of version 7: an index over them grows at its end."""

import time
from uuid import RFC_4122

from core.ids import new_id


class TestNewId:
    def test_it_is_a_uuid_of_version_7(self) -> None:
        made = [new_id() for _ in range(200)]
        assert {each.version for each in made} == {7}
        assert {each.variant for each in made} == {RFC_4122}

    def test_it_begins_with_the_milliseconds_of_its_making(self) -> None:
        before = time.time_ns() // 1_000_000
        stamp = new_id().int >> 80
        assert before <= stamp <= time.time_ns() // 1_000_000

    def test_later_ids_sort_after_earlier_ones(self) -> None:
        made = []
        for _ in range(5):
            made.append(new_id())
            began = time.time_ns() // 1_000_000
            while time.time_ns() // 1_000_000 == began:
                pass
        assert made == sorted(made)

    def test_no_two_are_alike(self) -> None:
        assert len({new_id() for _ in range(10_000)}) == 10_000
