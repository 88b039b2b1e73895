"""JSON from outside, as PostgreSQL takes it: jsonb has no NUL, no half characters, and no numbers without an end."""

import math
import re
from typing import Any

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable_text(text: str) -> str:
    """Without what no column of PostgreSQL can hold."""
    return _UNSTORABLE.sub("", text)


def storable(value: Any) -> Any:
    """The same of what JSON can say. Infinite numbers, and what is no number, become None."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {storable_text(str(key)): storable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [storable(each) for each in value]
    return value
