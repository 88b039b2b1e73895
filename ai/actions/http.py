"""Makes an action that can be called of one that a playbook declares."""

import json
from collections.abc import Mapping
from typing import Any

from ai.actions.rendering import rendered, taken
from threadline import Action, Answer, Context, Http
from ticketing.playbook.http_actions import HttpAction

_KEY = "Idempotency-Key"
_LONGEST_DETAIL = 200


def http_action(declared: HttpAction, http: Http) -> Action:
    """`http`: the guarded connections, which go nowhere private."""
    call, spec = declared.call, declared.spec

    async def function(context: Context, **arguments: Any) -> dict[str, Any] | None:
        request = rendered(call, arguments, context)
        headers = {**_own_headers(request.headers, context, writes=spec.writes), **request.headers}
        answer = await http.request(call.method, request.url, json=request.body, headers=headers)
        answer.checked(_refused(declared.label, answer), keyed=spec.writes and spec.idempotent)
        return taken(call, spec.result, answer.body)

    optional = {each.name: None for each in spec.parameters if not each.required}
    return Action(spec, function, declared.arguments, optional, declared.result)


def _own_headers(given: Mapping[str, str], context: Context, *, writes: bool) -> dict[str, str]:
    names = {name.lower() for name in given}
    own = {"Accept": "application/json"} | ({_KEY: context.idempotency_key} if writes else {})
    return {name: value for name, value in own.items() if name.lower() not in names}


def _refused(label: str, answer: Answer) -> str:
    """What the other side says about it, where it says so as RFC 9457 does."""
    detail = _detail(answer)
    return f"{label}: {detail}" if detail else f"{label}: the other side did not do it."


def _detail(answer: Answer) -> str:
    if "json" not in answer.headers.get("content-type", "") or answer.ok:
        return ""
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    detail = said.get("detail") if isinstance(said, dict) else None
    return " ".join(detail.split())[:_LONGEST_DETAIL] if isinstance(detail, str) else ""
