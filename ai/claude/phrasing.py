"""What crosses the wire to say something in the customer's language: the desk's own words go out, none of the
customer's; others come back.

What comes back is not believed to say the same: `ticketing/resolution/check.py` looks.
"""

import json
from typing import Any

from ai.claude.names import Names
from ai.claude.wire import Answered, parsed, sendable
from ticketing.resolution.proposal import Telling


class PhraseAnswer(Answered):
    text: str


def schema() -> dict[str, Any]:
    """The JSON Schema of the answer."""
    return PhraseAnswer.model_json_schema()


def question(telling: Telling) -> str:
    """The user's turn: data only."""
    names = Names(telling.customer)
    data = {"say": sendable(names.hidden(telling.text)), "language": telling.language}
    return f"Say this to the customer:\n{json.dumps(data, ensure_ascii=False)}"


def phrased(text: str, telling: Telling) -> str | None:
    """The customer's words for it, with the name in them; None: there are none. Raises NotJson, WrongShape."""
    said = parsed(text, PhraseAnswer).text
    if not said.strip():
        return None
    names = Names(telling.customer)
    return names.shown(said, names.addresses([telling.text]))
