"""What was decided under a key stays decided: whoever asks again gets the same answer, and nothing is done twice.

The rules are those of the IETF's draft for the Idempotency-Key header. A refusal is a decision, too. What could not be
read, or came without a key, was never decided and takes none. Keys live as long as the shop runs.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel
from starlette.responses import Response

from examples.shop.problems import Refused, Unreadable, answered

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class _Decided:
    asked: bytes
    status: int
    body: bytes
    media_type: str | None


class IdempotencyKeys:
    def __init__(self) -> None:
        self._decided: dict[str, _Decided] = {}

    def once(self, key: str | None, path: str, asked: BaseModel, do: Callable[[], BaseModel]) -> Response:
        """Answer 201 with what `do` made, or with its refusal; or again as it was answered under this key before.

        `do` must not wait: that is why calls that come at once are carried out once.
        Raises Unreadable (no usable key), Refused (the key was used for something else).
        """
        key = _usable(key)
        digest = hashlib.sha256(f"{path}\n{asked.model_dump_json()}".encode()).digest()
        if (known := self._decided.get(key)) is not None:
            if known.asked != digest:
                raise Refused(
                    "idempotency_key_reused",
                    "This Idempotency-Key was used for a different request. Ask with a new key for something new, "
                    "and with the same body to hear again what was decided.",
                )
            return Response(known.body, known.status, {REPLAYED: "true"}, known.media_type)
        response = _carried_out(do)
        self._decided[key] = _Decided(digest, response.status_code, bytes(response.body), response.media_type)
        return response


def _carried_out(do: Callable[[], BaseModel]) -> Response:
    try:
        return Response(do().model_dump_json(), 201, media_type="application/json")
    except Refused as refused:
        return answered(refused)


def _usable(key: str | None) -> str:
    if key is None or not key.strip():
        raise Unreadable("idempotency_key_missing", f"Send an {HEADER} of your own choice: then asking again is safe.")
    if len(key) > _LONGEST or not key.isprintable():
        raise Unreadable("idempotency_key_unusable", f"An {HEADER} has at most {_LONGEST} printable characters.")
    return key
