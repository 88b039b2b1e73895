"""What is asked of the API: one request read, and which operation it is. Answers nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.requests import Request

from emulators.twilio.messages import API_VERSION

_ACCOUNT = rf"/{API_VERSION}/Accounts/(?P<account>[^/.]+)"
_MESSAGE = rf"{_ACCOUNT}/Messages/(?P<message>[^/.]+)"
# By path, and by method the operation's name.
_ROUTES: tuple[tuple[re.Pattern[str], Mapping[str, str]], ...] = tuple(
    (re.compile(path), methods)
    for path, methods in (
        (rf"{_ACCOUNT}/Messages\.json", {"POST": "messages.create", "GET": "messages.list"}),
        (rf"{_MESSAGE}\.json", {"GET": "messages.fetch", "DELETE": "messages.delete"}),
        (rf"{_MESSAGE}/Media\.json", {"GET": "media.list"}),
        (rf"{_MESSAGE}/Media/(?P<media>[^/.]+)\.json", {"GET": "media.describe", "DELETE": "media.delete"}),
        (rf"{_MESSAGE}/Media/(?P<media>[^/.]+)", {"GET": "media.fetch"}),
    )
)
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Question:
    method: str
    path: str
    params: Mapping[str, list[str]]  # of the form or the query
    authorization: str
    operation: str = UNKNOWN
    ids: Mapping[str, str] = field(default_factory=dict)  # from the path; empty when it is nobody's

    def one(self, key: str, default: str = "") -> str:
        return self.params.get(key, [default])[0]


async def asked(request: Request) -> Question:
    body = (await request.body()).decode("utf-8", "replace") if request.method == "POST" else request.url.query
    params: dict[str, list[str]] = {}
    for key, value in parse_qsl(body, keep_blank_values=True):
        params.setdefault(key, []).append(value)
    path, authorization = request.url.path, request.headers.get("authorization", "")
    for pattern, methods in _ROUTES:
        if (found := pattern.fullmatch(path)) is not None:
            operation = methods.get(request.method, UNKNOWN)
            return Question(request.method, path, params, authorization, operation, found.groupdict())
    return Question(request.method, path, params, authorization)
