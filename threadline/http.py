"""How actions reach other systems: connections that the process shares, failures that say what happens next."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from threadline.errors import ActionError, NotFound, OutcomeUnknown, Refused, Unavailable

_GONE, _LATER, _BROKEN, _AT_IT = (404, 410), (408, 425, 429, 503), 500, 409
_ELSEWHERE = (302, 303)  # how many say that a form was taken: look there for what came of it
_LONGEST_WAIT = 86_400.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said, whatever its status. `headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body. Raises OutcomeUnknown where it is no JSON: it was done, and nobody can tell what."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise OutcomeUnknown("The other side's answer could not be read: it is no JSON.") from error

    def checked(self, words: str = "The other side refused.", *, keyed: bool = False) -> "Answer":
        """This answer, if it is a success. `words` are for people, where the status alone decides.

        `keyed`: it was asked with an idempotency key that the other side keeps. A 409 may then be said of a try before
        that it still works on.
        Raises NotFound (404, 410), Unavailable (408, 425, 429, 503), OutcomeUnknown (302, 303, other 5xx; 409 if
        `keyed`), Refused.
        """
        if self.ok:
            return self
        raise self._error(words, keyed)

    def _error(self, words: str, keyed: bool) -> ActionError:
        said = f"{words} (HTTP {self.status})"
        if self.status in _GONE:
            return NotFound(said)
        if self.status in _LATER:
            return Unavailable(said, retry_after=self._retry_after())
        # Something broke on the way: what was asked may have been done before that.
        unsure = self.status >= _BROKEN or self.status in _ELSEWHERE or (keyed and self.status == _AT_IT)
        return OutcomeUnknown(said) if unsure else Refused(said)

    def _retry_after(self) -> float | None:
        named = self.headers.get("retry-after", "")
        return min(float(named), _LONGEST_WAIT) if named.isascii() and named.isdecimal() else None


def url_path(*segments: str) -> str:
    """`/orders/78932` of "orders" and what somebody wrote, which stays one segment and leads nowhere else.

    Raises NotFound for one that names nothing: empty, or dots that would lead up.
    """
    if any(segment.strip() in ("", ".", "..") for segment in segments):
        raise NotFound("There is nothing without a name.")
    return "".join(f"/{quote(segment, safe='')}" for segment in segments)


class Http(Protocol):
    """What `context.http` is. Its connections are shared by all actions of the process and stay open between calls."""

    async def request(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str | int] | None = None,
        json: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask another system. `json` becomes the body; redirects are not followed.

        Raises Unavailable where it was never asked, OutcomeUnknown where it was and no whole answer came back.
        """
        ...


class NoHttp:
    """What a context has where nobody gave it a connection: in a test of an action, say."""

    async def request(self, method: str, url: str, **_: object) -> Answer:
        """Raises Unavailable."""
        raise Unavailable(
            f"{method} {url[:200]} was not asked: this context has no connection. Give Context(http=…) one."
        )
