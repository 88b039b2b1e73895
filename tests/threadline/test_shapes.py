"""What values are, and their three forms."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any, Literal, NewType, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, TypeAdapter, computed_field
from typing_extensions import TypedDict

from tests.examples import tried
from threadline import DeclarationError, Shape, Sort, as_fact, as_stored, shape_of

Number = NewType("Number", str)


class State(StrEnum):
    NEW = "new"
    SENT = "sent"


class Level(Enum):
    LOW = 1
    HIGH = 2


class Parcel(TypedDict, total=False):
    carrier: str
    at: date


class Line(BaseModel):
    sku: str
    price: Annotated[Decimal, Field(ge=0)]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def dear(self) -> bool:
        return self.price > 100


@dataclass(frozen=True)
class Order:
    number: Number
    state: State
    total: Decimal
    ordered_at: datetime
    gift: bool
    lines: tuple[Line, ...]
    parcel: Parcel | None
    weight: float | None
    notes: dict[str, str]


@dataclass
class Node:
    below: list["Node"]


class TestShapeOf:
    @pytest.mark.parametrize(
        ("annotation", "shape"),
        [
            (str, Shape(Sort.TEXT)),
            (Number, Shape(Sort.TEXT)),
            (Annotated[str, Field(max_length=3)], Shape(Sort.TEXT)),
            (Literal["a", "b"], Shape(Sort.TEXT, options=("a", "b"))),
            (Literal["a", None], Shape(Sort.TEXT, options=("a",), optional=True)),
            (State, Shape(Sort.TEXT, options=("new", "sent"))),
            (Level, Shape(Sort.NUMBER)),
            (bool, Shape(Sort.YES_NO)),
            (int, Shape(Sort.NUMBER)),
            (Decimal, Shape(Sort.NUMBER)),
            (int | Decimal, Shape(Sort.NUMBER)),
            (datetime, Shape(Sort.INSTANT)),
            (date, Shape(Sort.INSTANT)),
            (Optional[int], Shape(Sort.NUMBER, optional=True)),  # noqa: UP045
            (list[str], Shape(Sort.LIST, item=Shape(Sort.TEXT))),
            (dict[str, float], Shape(Sort.MAP, item=Shape(Sort.NUMBER))),
            (None, Shape(Sort.NOTHING)),
        ],
    )
    def test_an_annotation_has_a_shape(self, annotation: object, shape: Shape) -> None:
        assert shape_of(annotation) == shape

    def test_dataclasses_models_and_typed_dicts_are_groups(self) -> None:
        order = shape_of(Order)
        assert list(order.members) == [
            "number", "state", "total", "ordered_at", "gift", "lines", "parcel", "weight", "notes",
        ]  # fmt: skip
        assert order.at("parcel.carrier") == Shape(Sort.TEXT)
        assert order.members["parcel"].optional
        assert order.at("parcel.colour") is None
        lines = order.members["lines"].item
        assert lines is not None
        assert lines.members == {"sku": Shape(Sort.TEXT), "price": Shape(Sort.NUMBER), "dear": Shape(Sort.YES_NO)}

    @pytest.mark.parametrize(
        "annotation",
        [Any, object, bytes, list, str | int, Order | Line, dict[int, str], tuple[str, int], Node, "Order"],
    )
    def test_what_could_be_anything_is_refused(self, annotation: object) -> None:
        with pytest.raises(DeclarationError):
            shape_of(annotation)


TEXTS = st.text(max_size=20)
INSTANTS = st.datetimes(timezones=st.just(UTC))
MONEY = st.decimals(min_value=0, max_value=10**9, places=2)
ORDERS = st.builds(
    Order,
    number=TEXTS.map(Number),
    state=st.sampled_from(State),
    total=MONEY,
    ordered_at=INSTANTS,
    gift=st.booleans(),
    lines=st.lists(st.builds(Line, sku=TEXTS, price=MONEY), max_size=3).map(tuple),
    parcel=st.none() | st.fixed_dictionaries({}, optional={"carrier": TEXTS, "at": st.dates()}),
    weight=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    notes=st.dictionaries(TEXTS, TEXTS, max_size=3),
)
ADAPTER = TypeAdapter(Order)
SHAPE = shape_of(Order)


class TestTheFormsOfAValue:
    @tried(200)
    @given(ORDERS)
    def test_stored_and_read_again_it_is_the_same(self, order: Order) -> None:
        stored = json.loads(json.dumps(as_stored(order, ADAPTER)))
        for line in stored["lines"]:
            del line["dear"]  # computed again
        assert ADAPTER.validate_python(stored) == order

    @tried(200)
    @given(ORDERS)
    def test_a_fact_has_every_member_and_compares_as_the_value_does(self, order: Order) -> None:
        fact: Any = as_fact(SHAPE, as_stored(order, ADAPTER))
        assert set(fact) == set(SHAPE.members)
        assert (fact["number"], fact["state"], fact["gift"]) == (order.number, order.state.value, order.gift)
        assert fact["total"] == float(order.total)
        assert fact["ordered_at"] == order.ordered_at
        assert fact["weight"] == order.weight
        assert [each["price"] for each in fact["lines"]] == [float(each.price) for each in order.lines]
        parcel = order.parcel or {}
        assert fact["parcel"]["carrier"] == parcel.get("carrier")
        at = parcel.get("at")
        assert fact["parcel"]["at"] == (datetime(at.year, at.month, at.day, tzinfo=UTC) if at else None)

    @tried(300)
    @given(
        st.recursive(
            st.none() | st.booleans() | st.floats() | TEXTS,
            lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*SHAPE.members, "sku", "x"]), inner),
        )
    )
    def test_what_was_stored_under_another_shape_is_null_and_never_an_error(self, stored: Any) -> None:
        fact: Any = as_fact(SHAPE, stored)
        assert set(fact) == set(SHAPE.members)
        assert fact["total"] is None or isinstance(fact["total"], float)
        assert fact["ordered_at"] is None or fact["ordered_at"].tzinfo is not None

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), "7", None])
    def test_what_json_cannot_hold_or_the_annotation_forbids_is_not_stored(self, value: object) -> None:
        with pytest.raises(ValueError, match=r"."):
            as_stored({"n": value}, TypeAdapter(dict[str, Annotated[float, Field(strict=True)]]))
