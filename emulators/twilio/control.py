"""The account as other processes drive it: JSON under `/_emulator`. Adds nothing that `Account` cannot do.

| request | body or query | answer |
|---|---|---|
| GET /_emulator | | account, webhook URL, counts |
| PATCH /_emulator | `webhook_url`, `status_callback_url`, `limits` | the same |
| POST /_emulator/write | `from`, `text`, `name`, and what `Customer.write` takes; `extra` an object | the deliveries |
| GET /_emulator/phones/{number} | | name and inbox |
| POST /_emulator/phones/{number}/read | | the messages that were unread |
| GET, DELETE /_emulator/calls | `?operation=` | every API call |
| GET /_emulator/messages | | every message in and out |
| GET /_emulator/messages/{sid}/files/{index} | | the bytes of a file as they arrived |
| GET /_emulator/downloads | | what came to the host that the redirects of files lead to |
| GET /_emulator/deliveries | `?sid=` | every form posted to the desk |
| POST /_emulator/faults | `operation` and a fault's fields | |
| POST /_emulator/chaos | `calls`, `deliveries`, `losses`, `messages`, `media`: see below | what happened |
| POST /_emulator/callbacks | `next` or `always`: a script's fields | |
| POST /_emulator/undeliverable | `number`, `code` | |
| POST /_emulator/opt-out | `number` | |
| POST /_emulator/templates | what `Account.template` takes | its `sid` |
| POST /_emulator/settle | | once every callback was made |

In `media` stands [URL, type], or an object with the fields of a `File`, its `data` in base64. Each part of a chaos is
`seed`, `share`, `only`; null: calm.
"""

import base64
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulators.chance import Chance
from emulators.twilio.account import Account
from emulators.twilio.callbacks import Scripts
from emulators.twilio.customer import Enclosed, NoWebhook
from emulators.twilio.faults import Faults
from emulators.twilio.media import File

PATH = "/_emulator"
_SETTINGS = ("webhook_url", "status_callback_url", "limits")
_OK = {"ok": True}

Json = dict[str, Any]
# Takes the request and its JSON body.
Action = Callable[[Request, Json], Any]


def control_app(account: Account) -> Starlette:
    control = _Control(account)
    routes: list[tuple[str, str, Action]] = [
        ("GET", "", control.state),
        ("PATCH", "", control.change),
        ("POST", "/write", control.write),
        ("GET", "/phones/{number}", control.phone),
        ("POST", "/phones/{number}/read", control.read),
        ("GET", "/calls", control.calls),
        ("DELETE", "/calls", control.forget_calls),
        ("GET", "/messages", control.messages),
        ("GET", "/messages/{sid}/files/{index:int}", control.file),
        ("GET", "/downloads", control.downloads),
        ("GET", "/deliveries", control.deliveries),
        ("POST", "/faults", control.fault),
        ("POST", "/chaos", control.chaos),
        ("POST", "/callbacks", control.script),
        ("POST", "/undeliverable", control.undeliverable),
        ("POST", "/opt-out", control.opt_out),
        ("POST", "/templates", control.template),
        ("POST", "/settle", control.settle),
    ]
    return Starlette(routes=[Route(PATH + path, _endpoint(act), methods=[method]) for method, path, act in routes])


def _endpoint(act: Action) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            body: Json = await request.json() if await request.body() else {}
            answer = act(request, body)
            shown = await answer if inspect.isawaitable(answer) else answer
            return shown if isinstance(shown, Response) else JSONResponse(shown)
        except (LookupError, TypeError, ValueError, NoWebhook) as error:
            return JSONResponse({"ok": False, "error": f"{type(error).__name__}: {error}"}, 400)

    return endpoint


class _Control:
    def __init__(self, account: Account) -> None:
        self._account = account

    def state(self, _request: Request, _body: Json) -> Json:
        account, setup = self._account, self._account.setup
        settings = {name: getattr(setup, name) for name in _SETTINGS}
        counts = {"messages": len(account.messages), "calls": len(account.calls), "deliveries": len(account.deliveries)}
        return {"account_sid": setup.account_sid, "senders": list(setup.senders)} | settings | counts

    def change(self, request: Request, body: Json) -> Json:
        for name, value in body.items():
            if name not in _SETTINGS:
                raise ValueError(f"{name} cannot be set; only {', '.join(_SETTINGS)}")
            setattr(self._account.setup, name, value)
        return self.state(request, body)

    async def write(self, _request: Request, body: Json) -> Json:
        customer = self._account.customer(body.pop("from"), body.pop("name", ""))
        extra = body.pop("extra", {})
        raw_body = body.pop("raw_body", None)
        media = [_enclosed(each) for each in body.pop("media", [])]
        written = await customer.write(
            body.pop("text", ""), media=media, raw_body=raw_body and raw_body.encode(), **body, **extra
        )
        return written.as_json()

    def phone(self, request: Request, _body: Json) -> Json:
        customer = self._account.customer(request.path_params["number"])
        inbox = [message.as_json() for message in customer.inbox]
        return {"number": customer.number, "name": customer.name, "inbox": inbox}

    async def read(self, request: Request, _body: Json) -> Json:
        unread = await self._account.customer(request.path_params["number"]).read()
        return {"read": [message.as_json() for message in unread]}

    def calls(self, request: Request, _body: Json) -> Json:
        wanted = request.query_params.get("operation")
        return {"calls": [call.as_json() for call in self._account.calls if wanted in {None, call.operation}]}

    def forget_calls(self, _request: Request, _body: Json) -> Json:
        self._account.calls.clear()
        return _OK

    def messages(self, _request: Request, _body: Json) -> Json:
        return {"messages": [message.resource() for message in self._account.messages.values()]}

    def file(self, request: Request, _body: Json) -> Response:
        file = self._account.media.of(request.path_params["sid"])[request.path_params["index"]].file
        return Response(file.read(), media_type=file.content_type)

    def downloads(self, _request: Request, _body: Json) -> Json:
        return {"downloads": [asdict(each) for each in self._account.media.downloads]}

    def deliveries(self, request: Request, _body: Json) -> Json:
        wanted = request.query_params.get("sid")
        return {"deliveries": [made.as_json() for made in self._account.deliveries if wanted in {None, made.sid}]}

    def fault(self, _request: Request, body: Json) -> Json:
        self._account.faults.next(body.pop("operation"), **body)
        return _OK

    def chaos(self, _request: Request, body: Json) -> Json:
        account = self._account
        at: dict[str, Faults | Chance | Scripts] = {
            "calls": account.faults,
            "deliveries": account.delivery_faults,
            "losses": account.losses,
            "media": account.media.faults,
            "messages": account.callbacks,
        }
        for name, settings in body.items():
            if settings is None:
                at[name].calm()
            else:
                at[name].at_random(**settings)
        return {name: each.happened for name, each in at.items()}

    def script(self, _request: Request, body: Json) -> Json:
        if (script := body.get("always")) is not None:
            self._account.callbacks.always(**script)
        if (script := body.get("next")) is not None:
            self._account.callbacks.next(**script)
        return _OK

    def undeliverable(self, _request: Request, body: Json) -> Json:
        self._account.undeliverable(**body)
        return _OK

    def opt_out(self, _request: Request, body: Json) -> Json:
        self._account.opt_out(body["number"])
        return _OK

    def template(self, _request: Request, body: Json) -> Json:
        return {"sid": self._account.template(**body).sid}

    async def settle(self, _request: Request, _body: Json) -> Json:
        await self._account.settle()
        return _OK


def _enclosed(given: Any) -> Enclosed:
    if isinstance(given, dict):
        return File(**(given | {"data": base64.b64decode(given.get("data", ""))}))
    url, content_type = given
    return url, content_type
