"""What a desk's own actions need to know, such as addresses and keys of its shop: variables of its own choice."""

from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from threadline.context import SETTINGS

_OURS = frozenset({"THREADLINE_ACTION_HOSTS"})


def action_settings(environment: Mapping[str, str], file: Path = Path(".env")) -> dict[str, str]:
    """`shop_url` to what THREADLINE_ACTION_SHOP_URL says, in the environment or else in the file."""
    found = {**dotenv_values(file, encoding="utf-8", interpolate=False), **environment}
    return {
        name.upper().removeprefix(SETTINGS).lower(): value
        for name, value in found.items()
        if name.upper().startswith(SETTINGS) and name.upper() not in _OURS and value
    }
