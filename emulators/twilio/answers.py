"""What the API answers: JSON, a redirect, a refusal, a page of a list. Decides nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import urlencode

from starlette.responses import Response

from emulators.twilio import refusals
from emulators.twilio.questions import Question
from emulators.twilio.refusals import Refusal, Refused

_HTML = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body><h1>502 Bad Gateway</h1></body>\n</html>\n"
_MAX_PAGE = 1000


class _Named(Protocol):
    @property
    def sid(self) -> str: ...


T = TypeVar("T", bound=_Named)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: dict[str, Any] | None = None  # None: an empty body
    headers: Mapping[str, str] = field(default_factory=dict)
    html: bool = False
    truncated: bool = False  # half of the JSON only

    def content(self) -> bytes:
        whole = b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()
        return whole[: len(whole) // 2] if self.truncated else whole

    def response(self) -> Response:
        if self.html:
            return Response(_HTML, self.status, dict(self.headers), "text/html")
        content = self.content()
        return Response(content, self.status, dict(self.headers), "application/json;charset=utf-8")


def refused(refusal: Refusal, *, html: bool = False) -> Answer:
    headers = {} if refusal.retry_after is None else {"Retry-After": str(refusal.retry_after)}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return Answer(refusal.status, refusal.answer(), headers, html)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list. A page's token names the last one of the page before, so that new ones do not shift pages."""

    items: Sequence[T]
    number: int
    size: int
    query: tuple[tuple[str, str], ...]
    more: bool

    def query_of(self, number: int, token: str = "") -> str:
        paging = [("PageSize", str(self.size)), ("Page", str(number))]
        return urlencode([*self.query, *paging, *([("PageToken", f"PA{token}")] if token else [])])

    @property
    def next_query(self) -> str | None:
        return self.query_of(self.number + 1, self.items[-1].sid) if self.more and self.items else None

    @property
    def previous_query(self) -> str | None:
        return self.query_of(self.number - 1) if self.number else None


def page_of(question: Question, found: Sequence[T]) -> Page[T]:
    """The page of `found` that was asked for. Raises Refused for what is no page."""
    try:
        size = max(1, min(_MAX_PAGE, int(question.one("PageSize", "50"))))
        number = max(0, int(question.one("Page", "0")))
    except ValueError as error:
        raise Refused(Refusal(20001, 400, str(error))) from error
    token = question.one("PageToken").removeprefix("PA")
    start = next((index + 1 for index, each in enumerate(found) if each.sid == token), number * size)
    kept = [(key, values[0]) for key, values in question.params.items() if key not in {"Page", "PageToken", "PageSize"}]
    return Page(found[start : start + size], number, size, tuple(kept), len(found) > start + size)


def page(question: Question, name: str, found: Sequence[Any]) -> Answer:
    """A page as the API of 2010 shows it. Raises Refused."""
    shown, path = page_of(question, found), question.path
    start = shown.number * shown.size
    body = {
        "first_page_uri": f"{path}?{shown.query_of(0)}",
        "next_page_uri": shown.next_query and f"{path}?{shown.next_query}",
        "previous_page_uri": shown.previous_query and f"{path}?{shown.previous_query}",
        "uri": f"{path}?{shown.query_of(shown.number)}",
        "page": shown.number,
        "page_size": shown.size,
        "start": start,
        "end": start + max(0, len(shown.items) - 1),
        name: [each.resource() for each in shown.items],
    }
    return Answer(200, body)


def meta_page(
    question: Question, shown: Page[Any], name: str, resources: Sequence[Mapping[str, Any]], *, host: str
) -> Answer:
    """A page as the newer APIs show it, with whole addresses at their own hosts."""
    url = host + question.path
    meta = {
        "page": shown.number,
        "page_size": shown.size,
        "first_page_url": f"{url}?{shown.query_of(0)}",
        "previous_page_url": shown.previous_query and f"{url}?{shown.previous_query}",
        "next_page_url": shown.next_query and f"{url}?{shown.next_query}",
        "url": f"{url}?{shown.query_of(shown.number)}",
        "key": name,
    }
    return Answer(200, {name: list(resources), "meta": meta})


def nothing_at(question: Question) -> Refused:
    return Refused(refusals.not_found(question.path))
