"""What is asked of the API: one request read, and which operation it is. Answers nothing."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
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
        (rf"{_ACCOUNT}\.json", {"GET": "account.fetch"}),
        (r"/v1/Content", {"GET": "templates.list"}),
        (r"/v1/Content/(?P<content>[^/]+)", {"GET": "templates.fetch"}),
        (r"/v1/Content/(?P<content>[^/]+)/ApprovalRequests", {"GET": "templates.approval"}),
        (r"/v1/ContentAndApprovals", {"GET": "templates.list_approvals"}),
        (r"/v2/Channels/Senders", {"GET": "senders.list"}),
        (r"/v2/Channels/Senders/(?P<sender>[^/]+)", {"GET": "senders.fetch", "POST": "senders.update"}),
    )
)
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Question:
    method: str
    path: str
    params: Mapping[str, list[str]]  # of the form or the query
    json: Any  # None for what is no JSON
    authorization: str
    operation: str = UNKNOWN
    ids: Mapping[str, str] = field(default_factory=dict)  # from the path
    known: bool = False  # something is at this path, whatever the method

    def one(self, key: str, default: str = "") -> str:
        return self.params.get(key, [default])[0]


async def asked(request: Request) -> Question:
    posted = (await request.body()).decode("utf-8", "replace") if request.method == "POST" else ""
    body = _json(posted) if "json" in request.headers.get("content-type", "") else None
    params: dict[str, list[str]] = {}
    for key, value in parse_qsl(posted if body is None and posted else request.url.query, keep_blank_values=True):
        params.setdefault(key, []).append(value)
    path, authorization = request.url.path, request.headers.get("authorization", "")
    for pattern, methods in _ROUTES:
        if (found := pattern.fullmatch(path)) is not None:
            operation = methods.get(request.method, UNKNOWN)
            return Question(request.method, path, params, body, authorization, operation, found.groupdict(), known=True)
    return Question(request.method, path, params, body, authorization)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
