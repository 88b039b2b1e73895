"""The hash chain of a stream finds whatever is done to it afterwards."""

from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW, a_record, after, an_actor, unhurried
from ticketing.activity.chain import EMPTY, GENESIS, Head, digest, first_break, link
from ticketing.activity.record import Entry, Stream

STREAM = Stream("ticket", UUID(int=7))


def a_chain(length: int) -> list[Entry]:
    return link(STREAM, EMPTY, [a_record(at=after(each)) for each in range(length)])


TAMPERED: dict[str, dict[str, Any]] = {
    "kind": {"kind": "ticket.deleted"},
    "actor kind": {"actor_kind": "ai"},
    "actor": {"actor_id": uuid4()},
    "no actor": {"actor_id": None},
    "the actor's name": {"actor_name": "Eve"},
    "instant": {"at": NOW + timedelta(microseconds=1)},
    "before": {"before": {"status": "closed"}},
    "after": {"after": {}},
    "stream": {"stream": Stream("ticket", UUID(int=8))},
    "kind of stream": {"stream": Stream("conversation", UUID(int=7))},
}


class TestLink:
    def test_the_first_entry_follows_genesis_and_each_one_the_one_before(self) -> None:
        chain = a_chain(3)
        assert [entry.seq for entry in chain] == [1, 2, 3]
        assert [entry.previous for entry in chain] == [GENESIS, chain[0].hash, chain[1].hash]

    def test_a_chain_goes_on_where_it_ended(self) -> None:
        records = [a_record(at=after(each)) for each in range(4)]
        begun = link(STREAM, EMPTY, records[:2])
        rest = link(STREAM, Head(begun[-1].seq, begun[-1].hash), records[2:])
        assert begun + rest == link(STREAM, EMPTY, records)

    def test_the_hash_is_the_same_for_the_same_instant_in_another_zone(self) -> None:
        (entry,) = a_chain(1)
        elsewhere = replace(entry, at=entry.at.astimezone(timezone(timedelta(hours=2))))
        assert digest(elsewhere) == entry.hash


class TestFirstBreak:
    @unhurried
    @given(st.integers(0, 12), st.randoms())
    def test_a_whole_chain_has_none_in_any_order(self, length: int, random: Any) -> None:
        chain = a_chain(length)
        random.shuffle(chain)
        assert first_break(chain) is None

    @pytest.mark.parametrize("fields", TAMPERED.values(), ids=TAMPERED)
    def test_an_altered_entry_is_found(self, fields: dict[str, Any]) -> None:
        chain = a_chain(4)
        chain[1] = replace(chain[1], **fields)
        assert first_break(chain) == 2

    @unhurried
    @given(st.integers(2, 10).flatmap(lambda length: st.tuples(st.just(length), st.integers(0, length - 2))))
    def test_a_removed_entry_is_found(self, where: tuple[int, int]) -> None:
        length, index = where
        chain = a_chain(length)
        del chain[index]
        assert first_break(chain) == index + 1

    @unhurried
    @given(st.integers(2, 10).flatmap(lambda length: st.tuples(st.just(length), st.integers(0, length - 2))))
    def test_entries_that_changed_places_are_found(self, where: tuple[int, int]) -> None:
        length, index = where
        chain = a_chain(length)
        one, other = chain[index], chain[index + 1]
        chain[index], chain[index + 1] = replace(other, seq=one.seq), replace(one, seq=other.seq)
        assert first_break(chain) == index + 1

    @unhurried
    @given(st.integers(3, 10).flatmap(lambda length: st.tuples(st.just(length), st.integers(1, length - 2))))
    def test_a_cut_in_the_middle_is_found_even_when_renumbered(self, where: tuple[int, int]) -> None:
        length, index = where
        chain = a_chain(length)
        rest = [replace(entry, seq=entry.seq - 1) for entry in chain[index + 1 :]]
        assert first_break(chain[:index] + rest) == index + 1

    def test_an_entry_of_another_actor_hashed_anew_breaks_the_next_one(self) -> None:
        chain = a_chain(3)
        forged = replace(chain[1], actor_name="Eve")
        chain[1] = replace(forged, hash=digest(forged))
        assert first_break(chain) == 3

    def test_the_same_entry_twice_is_found(self) -> None:
        chain = a_chain(3)
        assert first_break([*chain, chain[1]]) == 3

    def test_a_record_of_the_desk_itself_has_no_actor_id(self) -> None:
        actor = replace(an_actor(), id=None)
        assert first_break(link(STREAM, EMPTY, [a_record(by=actor)])) is None
