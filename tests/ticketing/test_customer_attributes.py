"""Attributes of customers: what each takes, what is recorded of a change, and what a merge does to them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ids import new_id
from tests.factories import NOW, an_actor, unhurried
from ticketing.customers.attributes import AttributeRefused, as_typed, attributes_of, change, typed
from ticketing.customers.customer import Custom, Customer, Merge, Reason, phone_number
from ticketing.customers.merging import combine, separate


def a_customer(**fields: Any) -> Customer:
    values: dict[str, Any] = {"id": new_id(), "name": "Clara", "created_at": NOW}
    return Customer(**(values | fields))


class TestChange:
    def test_each_attribute_is_kept_in_its_usual_spelling(self) -> None:
        to: dict[str, Custom | None] = {
            "tier": " gold ",
            "language": "pt-br",
            "time_zone": "Europe/Berlin",
            "attr.vip": True,
            "attr.orders": 3,
        }
        after = change(a_customer(), to, by=an_actor(), at=NOW).customer
        assert attributes_of(after) == {
            "tier": "gold",
            "language": "pt-BR",
            "time_zone": "Europe/Berlin",
            "attr.orders": 3,
            "attr.vip": True,
        }
        assert after.version == 2

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("language", "German, please"),
            ("language", "x"),
            ("time_zone", "Berlin"),
            ("time_zone", "../../etc/passwd"),
            ("tier", "g" * 41),
            ("tier", "gold\nplated"),
            ("name", " "),
            ("colour", "red"),
            ("attr.", "x"),
            ("attr.Vip", True),
            ("attr.1st", True),
            ("attr.note", "x" * 501),
            ("attr.orders", float("inf")),
            ("attr.orders", 10**18),
        ],
    )
    def test_what_it_cannot_be_is_refused_with_its_name(self, name: str, value: Any) -> None:
        with pytest.raises(AttributeRefused) as refused:
            change(a_customer(), {"tier": "gold", name: value}, by=an_actor(), at=NOW)
        assert refused.value.attribute == name

    def test_there_are_at_most_fifty_of_the_desks_own(self) -> None:
        full = a_customer(custom={f"a{number}": number for number in range(50)})
        assert change(full, {"attr.a1": None, "attr.b": 1}, by=an_actor(), at=NOW).record is not None
        with pytest.raises(AttributeRefused, match="50"):
            change(full, {"attr.b": 1}, by=an_actor(), at=NOW)

    def test_what_is_so_already_is_no_change(self) -> None:
        customer = a_customer(tier="gold", custom={"vip": True})
        assert (
            change(customer, {"tier": "gold", "attr.vip": True, "attr.x": None}, by=an_actor(), at=NOW).record is None
        )

    def test_the_record_has_the_fixed_words_and_of_what_may_be_personal_only_that_it_changed(self) -> None:
        customer = a_customer(tier="silver", custom={"diet": "vegan"})
        to: dict[str, Custom | None] = {"name": "Clara Meier", "tier": "gold", "attr.diet": "none", "attr.vip": True}
        record = change(customer, to, by=an_actor(), at=NOW).record
        assert record is not None
        assert record.before == {"tier": "silver"}
        assert record.after == {"tier": "gold", "changed": ["name", "attr.diet", "attr.vip"]}

    def test_true_is_not_one(self) -> None:
        record = change(a_customer(custom={"vip": 1}), {"attr.vip": True}, by=an_actor(), at=NOW).record
        assert record is not None
        assert record.after["changed"] == ["attr.vip"]


class TestTyped:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("true", True),
            ("False", False),
            ("3", 3),
            ("-1.50", -1.5),
            ("007", "007"),
            ('"3"', "3"),
            ("", None),
            ("a", "a"),
        ],
    )
    def test_reads_what_somebody_typed(self, text: str, value: Any) -> None:
        assert (typed(text), type(typed(text))) == (value, type(value))

    @unhurried
    @given(
        st.one_of(st.booleans(), st.integers(-(10**14), 10**14), st.text(min_size=1).filter(lambda t: t == t.strip()))
    )
    def test_what_is_shown_is_read_as_the_same_value(self, value: Any) -> None:
        assert typed(as_typed(value)) == value


def _merge(survivor: Customer, absorbed: Customer, *addresses: str) -> tuple[Customer, Merge]:
    combined = combine(survivor, absorbed, addresses=addresses)
    ids = (new_id(), survivor.id, absorbed.id)
    done = Merge(*ids, Reason.AGENT, None, "Mia", NOW, (), (), (), combined.before, combined.filled)
    return combined.customer, done


class TestCombine:
    def test_the_survivors_own_stay_and_what_it_lacks_is_filled(self) -> None:
        survivor = a_customer(tier="gold", custom={"vip": True})
        absorbed = a_customer(tier="silver", language="de", custom={"vip": False, "diet": "vegan"})
        combined = combine(survivor, absorbed, addresses=())
        assert attributes_of(combined.customer) == {
            "tier": "gold",
            "language": "de",
            "attr.diet": "vegan",
            "attr.vip": True,
        }
        assert [(each.name, each.stays, each.goes) for each in combined.conflicts] == [
            ("tier", "gold", "silver"),
            ("attr.vip", True, False),
        ]

    def test_an_address_gives_way_to_a_name(self) -> None:
        numbered = a_customer(name="+4915112345678")
        after, done = _merge(numbered, a_customer(name="Clara"), "+4915112345678", "777")
        assert after.name == "Clara"
        assert separate(after, done).name == "+4915112345678"


class TestSeparate:
    def test_takes_back_what_the_merge_gave_but_nothing_that_was_changed_since(self) -> None:
        survivor, absorbed = a_customer(tier="gold"), a_customer(language="de", time_zone="Europe/Berlin")
        merged, done = _merge(survivor, absorbed)
        since = replace(merged, time_zone="Asia/Tokyo")
        assert attributes_of(separate(since, done)) == {"tier": "gold", "time_zone": "Asia/Tokyo"}

    def test_undoing_at_once_leaves_everything_as_it_was(self) -> None:
        survivor = a_customer(tier="gold", custom={"vip": True})
        merged, done = _merge(survivor, a_customer(language="de", custom={"diet": "vegan"}))
        assert replace(separate(merged, done), version=1) == survivor


class TestPhoneNumber:
    @pytest.mark.parametrize("said", [None, "", "4915112345678", "+0151", "+49 151", "+1234567890123456", "call me"])
    def test_only_e164_is_ever_compared(self, said: str | None) -> None:
        assert phone_number(said) is None
