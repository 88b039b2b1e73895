"""What the API answers: JSON, a redirect, a refusal, a page of a list. Decides nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from emulators.twilio import refusals
from emulators.twilio.questions import Question
from emulators.twilio.refusals import Refusal, Refused

_HTML = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body><h1>502 Bad Gateway</h1></body>\n</html>\n"
_MAX_PAGE = 1000


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


def page(question: Question, name: str, found: Sequence[Any]) -> Answer:
    """The page of `found` (things with `sid` and `resource()`) that was asked for. Raises Refused for no page.

    A page's token names the last one of the page before, so that new ones do not shift the pages.
    """
    try:
        size = max(1, min(_MAX_PAGE, int(question.one("PageSize", "50"))))
        number = max(0, int(question.one("Page", "0")))
    except ValueError as error:
        raise Refused(Refusal(20001, 400, str(error))) from error
    token = question.one("PageToken").removeprefix("PA")
    start = next((index + 1 for index, each in enumerate(found) if each.sid == token), number * size)
    shown = found[start : start + size]
    kept = [(key, values[0]) for key, values in question.params.items() if key not in {"Page", "PageToken", "PageSize"}]

    def uri(page: int, token: str = "") -> str:
        query = [*kept, ("PageSize", str(size)), ("Page", str(page))] + ([("PageToken", f"PA{token}")] if token else [])
        return f"{question.path}?{urlencode(query)}"

    body = {
        "first_page_uri": uri(0),
        "next_page_uri": uri(number + 1, shown[-1].sid) if len(found) > start + size and shown else None,
        "previous_page_uri": uri(number - 1) if number else None,
        "uri": uri(number),
        "page": number,
        "page_size": size,
        "start": number * size,
        "end": number * size + max(0, len(shown) - 1),
        name: [each.resource() for each in shown],
    }
    return Answer(200, body)


def nothing_at(question: Question) -> Refused:
    return Refused(refusals.not_found(question.path))
