"""The bot as other processes drive it: JSON under `/_emulator`. Adds nothing that `BotAccount` cannot do.

| request | body or query | answer |
|---|---|---|
| GET /_emulator | | bot, webhook, counts |
| PATCH /_emulator | `limits`, `retry_pause`, `press_patience` | the same |
| POST /_emulator/write | `from` (id), `name`, `text`, `reply_to` | `message_id`, `update_id` |
| POST /_emulator/send | `from`, `kind` (photo, …), `arguments`: what that method of `Customer` takes | the same |
| POST /_emulator/edit | `from`, `message_id`, `text` | the same |
| POST /_emulator/press | `from`, `message_id`, `button`; `wait` seconds for the bot's answer | `answer` |
| POST /_emulator/block, /_emulator/unblock | `from` | |
| GET /_emulator/phones/{id} | | name and screen |
| GET, DELETE /_emulator/calls | `?operation=` | every API call |
| GET /_emulator/deliveries | `?update_id=` | every update posted to the desk |
| GET /_emulator/pending | | updates not taken yet |
| POST /_emulator/faults | `operation`, and `kind` or a fault's fields; `times` | |
| POST /_emulator/chaos | `calls`, `deliveries`: `seed`, `share`, `only`; null: calm | what happened |
| POST /_emulator/settle | | once the webhook has taken everything |
"""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from emulators.chance import Chance
from emulators.telegram.account import BotAccount
from emulators.telegram.customer import Blocked, Customer, Written
from emulators.telegram.faults import Faults
from emulators.telegram.setup import Json

PATH = "/_emulator"
_SETTINGS = ("limits", "retry_pause", "press_patience")
_SENDABLE = {
    "photo",
    "document",
    "voice",
    "audio",
    "video",
    "animation",
    "video_note",
    "sticker",
    "location",
    "contact",
}
_OK = {"ok": True}

# Takes the request and its JSON body.
Action = Callable[[Request, Json], Any]


def control_app(bot: BotAccount) -> Starlette:
    control = _Control(bot)
    routes: list[tuple[str, str, Action]] = [
        ("GET", "", control.state),
        ("PATCH", "", control.change),
        ("POST", "/write", control.write),
        ("POST", "/send", control.send),
        ("POST", "/edit", control.edit),
        ("POST", "/press", control.press),
        ("POST", "/block", control.block),
        ("POST", "/unblock", control.unblock),
        ("GET", "/phones/{id}", control.phone),
        ("GET", "/calls", control.calls),
        ("DELETE", "/calls", control.forget_calls),
        ("GET", "/deliveries", control.deliveries),
        ("GET", "/pending", control.pending),
        ("POST", "/faults", control.fault),
        ("POST", "/chaos", control.chaos),
        ("POST", "/settle", control.settle),
    ]
    return Starlette(routes=[Route(PATH + path, _endpoint(act), methods=[method]) for method, path, act in routes])


def _endpoint(act: Action) -> Callable[[Request], Awaitable[JSONResponse]]:
    async def endpoint(request: Request) -> JSONResponse:
        try:
            body: Json = await request.json() if await request.body() else {}
            answer = act(request, body)
            return JSONResponse(await answer if inspect.isawaitable(answer) else answer)
        except (KeyError, TypeError, ValueError, Blocked) as error:
            return JSONResponse({"ok": False, "error": f"{type(error).__name__}: {error}"}, 400)

    return endpoint


def _told(written: Written) -> Json:
    return {"message_id": written.message_id, "update_id": written.update_id}


class _Control:
    def __init__(self, bot: BotAccount) -> None:
        self._bot = bot

    def state(self, _request: Request, _body: Json) -> Json:
        bot = self._bot
        settings = {name: getattr(bot.setup, name) for name in _SETTINGS}
        counts = {"pending": len(bot.pending), "calls": len(bot.calls), "deliveries": len(bot.deliveries)}
        return {"id": bot.id, "username": bot.setup.username, "webhook_url": bot.webhook.url} | settings | counts

    def change(self, request: Request, body: Json) -> Json:
        for name, value in body.items():
            if name not in _SETTINGS:
                raise ValueError(f"{name} cannot be set; only {', '.join(_SETTINGS)}")
            setattr(self._bot.setup, name, value)
        return self.state(request, body)

    def write(self, _request: Request, body: Json) -> Json:
        return _told(self._customer(body).write(body["text"], reply_to=body.get("reply_to")))

    def send(self, _request: Request, body: Json) -> Json:
        customer, kind = self._customer(body), body.pop("kind")
        if kind not in _SENDABLE | {"start", "anything"}:
            raise ValueError(f"no such kind: {kind}")
        return _told(getattr(customer, kind)(**body.get("arguments", {})))

    def edit(self, _request: Request, body: Json) -> Json:
        return _told(self._customer(body).edit(body["message_id"], body["text"]))

    async def press(self, _request: Request, body: Json) -> Json:
        press = self._customer(body).press(body["message_id"], body["button"])
        if wait := body.get("wait"):
            await press.answer(wait)
        return {"id": press.id, "answer": press.text}

    def block(self, _request: Request, body: Json) -> Json:
        self._customer(body).block()
        return _OK

    def unblock(self, _request: Request, body: Json) -> Json:
        self._customer(body).unblock()
        return _OK

    def phone(self, request: Request, _body: Json) -> Json:
        customer = self._bot.customer(int(request.path_params["id"]))
        screen = [message.as_json() for message in customer.screen]
        return {"id": customer.id, "name": customer.name, "screen": screen}

    def calls(self, request: Request, _body: Json) -> Json:
        wanted = request.query_params.get("operation")
        return {"calls": [call.as_json() for call in self._bot.calls if wanted in {None, call.operation}]}

    def forget_calls(self, _request: Request, _body: Json) -> Json:
        self._bot.calls.clear()
        return _OK

    def deliveries(self, request: Request, _body: Json) -> Json:
        wanted = request.query_params.get("update_id")
        made = self._bot.deliveries
        return {"deliveries": [each.as_json() for each in made if wanted in {None, str(each.update_id)}]}

    def pending(self, _request: Request, _body: Json) -> Json:
        return {"pending": [update.as_json() for update in self._bot.pending]}

    def fault(self, _request: Request, body: Json) -> Json:
        operation, times = body.pop("operation"), body.pop("times", 1)
        if (kind := body.pop("kind", None)) is not None:
            self._bot.faults.add(operation, kind, times=times)
        else:
            self._bot.faults.next(operation, times=times, **body)
        return _OK

    def chaos(self, _request: Request, body: Json) -> Json:
        at: dict[str, Faults | Chance] = {"calls": self._bot.faults, "deliveries": self._bot.delivery_faults}
        for name, settings in body.items():
            if settings is None:
                at[name].calm()
            else:
                at[name].at_random(**settings)
        return {name: each.happened for name, each in at.items()}

    async def settle(self, _request: Request, _body: Json) -> Json:
        await self._bot.settle()
        return _OK

    def _customer(self, body: Json) -> Customer:
        return self._bot.customer(int(body["from"]), name=body.get("name", ""))
