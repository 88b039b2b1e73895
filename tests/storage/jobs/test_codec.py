"""An event survives being a job."""

from dataclasses import dataclass
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.events import Event
from storage.jobs.codec import decode, encode
from tests.factories import NOW, unhurried
from ticketing.tickets import events
from ticketing.tickets.events import EventStored, TicketOpened


def _all(kind: type[Event]) -> list[type[Event]]:
    # A slotted dataclass leaves an unslotted twin behind, which nobody can name.
    below = [child for child in kind.__subclasses__() if getattr(events, child.__name__, None) is child]
    return [*below, *(deeper for child in below for deeper in _all(child))]


ZONES = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))


@pytest.mark.parametrize("kind", _all(Event), ids=lambda kind: kind.__name__)
@unhurried
@given(st.data())
def test_every_event_comes_back_as_it_was(kind: type[Event], data: st.DataObject) -> None:
    st.register_type_strategy(type(NOW), st.datetimes(timezones=ZONES))
    event = data.draw(st.builds(kind))
    back = decode(kind, encode(event))
    assert back == event
    assert back.at.tzinfo is not None


def test_a_payload_holds_ids_and_instants_only_and_is_small() -> None:
    assert all(len(encode(kind(**dict.fromkeys(kind.__dataclass_fields__, NOW)))) < 250 for kind in _all(Event))


def test_a_payload_that_lacks_a_field_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        decode(EventStored, b'{"at": "2026-11-23T09:00:00+00:00"}')


def test_a_payload_of_nonsense_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="badly formed"):
        decode(TicketOpened, b'{"at": "2026-11-23T09:00:00+00:00", "ticket_id": "seven"}')


def test_fields_of_a_newer_version_are_ignored() -> None:
    payload = b'{"at": "2026-11-23T09:00:00.1234+00:00", "inbox_id": 7, "new": true}'
    assert decode(EventStored, payload) == EventStored(inbox_id=7, at=NOW + timedelta(microseconds=123_400))


@dataclass(frozen=True, slots=True, kw_only=True)
class WithNothing(Event):
    pass


def test_an_event_of_its_instant_alone() -> None:
    assert decode(WithNothing, encode(WithNothing(at=NOW))) == WithNothing(at=NOW)
