"""How single values are written in a playbook: keys, labels, lengths, shares. `models.py` puts them together."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    StringConstraints,
)

from ticketing.playbook.language.durations import duration


def listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _long(value: Any) -> timedelta:
    return duration(value if isinstance(value, str) else str(value))


def _open(value: Any) -> timedelta:
    """Of open time: a day of a calendar is seldom 24 hours long."""
    if isinstance(value, str) and "d" in value:
        raise ValueError("write it in hours and minutes: it counts open time, and a day of a calendar has less than 24")
    return _long(value)


def _percent(value: Any) -> Any:
    text = value.strip() if isinstance(value, str) else ""
    return int(text[:-1]) if text.endswith("%") and text[:-1].isdecimal() else value


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text[:40]}" is no date: write it like 2026-12-24') from None


def yes_or_condition(value: Any) -> Any:
    if isinstance(value, bool | str):
        return value
    raise ValueError("write true, false or a condition")


def _literally(value: Any) -> Any:
    """A number, true or false as it would be written: YAML has read it already."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | Decimal) else value


def _one_line(text: str) -> str:
    if len(text.splitlines()) > 1:
        raise ValueError("write it on one line")
    return text


Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=75, strip_whitespace=True), AfterValidator(_one_line)]
Hint = Annotated[str, StringConstraints(min_length=1, max_length=150, strip_whitespace=True), AfterValidator(_one_line)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]
Example = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
Tag = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Pattern = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Names = Annotated[list[Name], BeforeValidator(listed)]
Expression = Annotated[str, StringConstraints(min_length=1)]
Literally = Annotated[str, BeforeValidator(_literally), StringConstraints(min_length=1, max_length=1000)]
Length = Annotated[timedelta, BeforeValidator(_long)]
OpenLength = Annotated[timedelta, BeforeValidator(_open)]
Percent = Annotated[StrictInt, BeforeValidator(_percent), Field(ge=0, le=100)]
Urgency = Literal["low", "normal", "high", "urgent"]
Day = Annotated[date, BeforeValidator(_day)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
Fixed = Annotated[str, BeforeValidator(_literally), StringConstraints(min_length=1, max_length=3000)]
Hours = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Tongue = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]  # BCP 47
Few: Any = Field(max_length=100)


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
