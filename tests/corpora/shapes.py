"""Do two JSON values have the same shape? Compares fields and types, never values. Pure."""

from collections.abc import Mapping
from typing import Any

_TYPES: dict[type, str] = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    type(None): "null",
}


def differences(real: Any, ours: Any, path: str = "") -> dict[str, str]:
    """What the real value has and ours has not, by path (`user.profile.email`, `blocks[].type`).

    A field more is no difference. Of lists the first elements are compared, where both have one.
    """
    if (wanted := _TYPES[type(real)]) != (got := _TYPES[type(ours)]):
        return {path: f"is {got}, not {wanted}"}
    found: dict[str, str] = {}
    if isinstance(real, dict):
        for name, value in real.items():
            place = f"{path}.{name}" if path else name
            found |= differences(value, ours[name], place) if name in ours else {place: "is missing"}
    elif isinstance(real, list) and real and ours:
        found = differences(real[0], ours[0], f"{path}[]")
    return found


def reason(place: str, allowed: Mapping[str, str]) -> str | None:
    """Why this place may differ: the reason given for it or for what it stands in."""
    return next(
        (why for known, why in allowed.items() if place == known or place.startswith((f"{known}.", f"{known}["))), None
    )
