"""`/_emulator/…`: everything that people and tests do in Python, over HTTP, for other processes.

POST bodies and answers are JSON. What a person could not do is answered 409 with the name of the reason, a body
that makes no sense 400. These paths are the emulator's own; Slack has no such thing.
"""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from emulators.slack.channels import Json
from emulators.slack.faults import Fault
from emulators.slack.files import Upload
from emulators.slack.forms import CannotDo, FormIncomplete
from emulators.slack.person import Person
from emulators.slack.records import Interaction, Said
from emulators.slack.text import as_text
from emulators.slack.workspace import Call, Workspace


class _Control:
    """The deeds by name; each takes the body (or query) and returns something for JSON."""

    def __init__(self, workspace: Workspace) -> None:
        self.space = workspace

    def person(self, body: Json) -> Person:
        """By id, name or e-mail. Raises KeyError."""
        wanted = body["user"]
        for each in self.space.people.values():
            if wanted in (each.id, each.name, each.email):
                return each
        raise KeyError(wanted)

    async def users(self, body: Json) -> Json:
        return self.space.add_user(**body).as_json()

    async def channels(self, body: Json) -> Json:
        named = body.pop("members", None)
        members = None if named is None else [self.person({"user": each}) for each in named]
        return self.space.add_channel(**body, members=members).as_json(self.space.bot_user)

    async def invite(self, body: Json) -> Json:
        room = self.space.channel(body["channel"])
        self.space.invite(room, *(self.person({"user": each}) for each in body["members"]))
        return room.as_json(self.space.bot_user)

    async def say(self, body: Json) -> Json:
        return _said(await self.person(body).say(body["channel"], body["text"], body.get("thread_ts")))

    async def share(self, body: Json) -> Json:
        files = [upload(each) for each in body["files"]]
        person = self.person(body)
        return _said(await person.share(body["channel"], files, body.get("text", ""), body.get("thread_ts")))

    async def mention(self, body: Json) -> Json:
        return _said(await self.person(body).mention(body["channel"], body["text"], body.get("thread_ts")))

    async def edit(self, body: Json) -> Json:
        return _said(await self.person(body).edit(body["channel"], body["ts"], body["text"]))

    async def delete(self, body: Json) -> Json:
        return _said(await self.person(body).delete(body["channel"], body["ts"]))

    async def press(self, body: Json) -> Json:
        chosen = {name: body[name] for name in ("value", "selected_option", "block_id") if name in body}
        return _done(await self.person(body).press(body["channel"], body["ts"], body["action_id"], **chosen))

    async def press_in(self, body: Json) -> Json:
        chosen = {name: body[name] for name in ("value", "block_id") if name in body}
        return _done(await self.person(body).press_in(body["view_id"], body["action_id"], **chosen))

    async def submit(self, body: Json) -> Json:
        return _done(await self.person(body).submit(body["view_id"], with_uploads(body.get("values") or {})))

    async def close(self, body: Json) -> Json:
        done = await self.person(body).close(body["view_id"])
        return {} if done is None else _done(done)

    async def suggestions(self, body: Json) -> Json:
        person = self.person(body)
        return {"options": await person.suggestions(body["action_id"], body["typed"], view_id=body["view_id"])}

    async def open_home(self, body: Json) -> Json:
        delivery = await self.person(body).open_home()
        return {"event_id": delivery.event_id if delivery is not None else None}

    async def command(self, body: Json) -> Json:
        person = self.person(body)
        return _done(await person.command(body["channel"], body["command"], body.get("text", "")))

    async def message_shortcut(self, body: Json) -> Json:
        person = self.person(body)
        return _done(await person.message_shortcut(body["channel"], body["ts"], body["callback_id"]))

    async def faults(self, body: Json) -> Json:
        method, times = body.pop("method"), body.pop("times", 1)
        self.space.faults.add(method, Fault(**body), times=times)
        return {"left": self.space.faults.left}

    async def chaos(self, body: Json) -> Json:
        """`calls` and `deliveries`: each `seed`, `share` and perhaps `only`, or null for calm. What happened so far."""
        for name, faults in (("calls", self.space.faults), ("deliveries", self.space.delivery_faults)):
            if name in body and body[name] is None:
                faults.calm()
            elif name in body:
                faults.at_random(**body[name])
        return {"calls": self.space.faults.happened, "deliveries": self.space.delivery_faults.happened}

    async def disconnect(self, _: Json) -> Json:
        return {"disconnected": await self.space.sockets.disconnect()}

    async def cut(self, _: Json) -> Json:
        return {"cut": await self.space.sockets.cut()}

    async def configure(self, body: Json) -> Json:
        """Any of `events_url` (null: none), `limits`, `echoes`, `unfurl_domains`."""
        if "events_url" in body:
            self.space.courier.url = body["events_url"]
        self.space.limits = bool(body.get("limits", self.space.limits))
        self.space.echoes = bool(body.get("echoes", self.space.echoes))
        self.space.unfurl_domains = tuple(body.get("unfurl_domains", self.space.unfurl_domains))
        return {"events_url": self.space.courier.url, "limits": self.space.limits, "echoes": self.space.echoes}

    async def processing(self, body: Json) -> Json:
        """How many `seconds` files are processed from now on; null: until they are `finish`ed."""
        if "seconds" in body:
            self.space.files.processing = float("inf") if body["seconds"] is None else float(body["seconds"])
        if body.get("finish"):
            self.space.files.finish()
        return {"files": len(self.space.files)}

    async def forget_calls(self, _: Json) -> Json:
        self.space.calls.clear()
        return {}

    async def idle(self, body: Json) -> Json:
        """Wait until no event is under way, at most `timeout` seconds (10)."""
        try:
            async with asyncio.timeout(float(body.get("timeout", 10))):
                await self.space.courier.idle()
        except TimeoutError:
            return {"idle": False}
        return {"idle": True}

    async def workspace(self, _: Json) -> Json:
        space = self.space
        return {
            "team_id": space.team_id,
            "bot_user": space.bot_user,
            "socket_mode": space.sockets.connected,
            "users": [each.as_json() for each in space.people.values()],
            "channels": [each.as_json(space.bot_user) for each in space.channels.values()],
        }

    async def calls(self, query: Json) -> Json:
        """`method` narrows, `after` skips that many of all calls; `total` is what to skip the next time."""
        since = self.space.calls[int(query.get("after", 0)) :]
        chosen: list[Call] = [each for each in since if query.get("method") in (None, each.method)]
        return {"total": len(self.space.calls), "calls": [asdict(each) for each in chosen]}

    async def files(self, _: Json) -> Json:
        return {"files": [self.space.files.as_json(each) for each in self.space.files]}

    async def messages(self, query: Json) -> Json:
        return {"messages": self.space.channel_messages(query["channel"])}

    async def message(self, query: Json) -> Json:
        return {"message": self.space.message(query["channel"], query["ts"])}

    async def thread(self, query: Json) -> Json:
        return {"messages": self.space.thread(query["channel"], query["ts"])}

    async def ephemerals(self, query: Json) -> Json:
        return {"messages": self.person(query).ephemerals()}

    async def modals(self, query: Json) -> Json:
        return {"views": self.person(query).modals()}

    async def home(self, query: Json) -> Json:
        return {"view": self.person(query).home()}

    async def text(self, query: Json) -> str:
        """A message (`channel`, `ts`) or a person's top view (`user`) as plain text."""
        names = {each.id: each.name for each in self.space.people.values()}
        names |= {each.id: each.name for each in self.space.channels.values()}
        if "user" in query:
            views = self.person(query).modals()
            return as_text(views[-1], names=names) if views else ""
        return as_text(self.space.message(query["channel"], query["ts"]), names=names)


_POST = (
    *(
        "users",
        "channels",
        "invite",
        "say",
        "share",
        "mention",
        "edit",
        "delete",
        "press",
        "press_in",
        "submit",
        "close",
        "suggestions",
    ),
    *(
        "open_home",
        "command",
        "message_shortcut",
        "faults",
        "chaos",
        "disconnect",
        "cut",
        "configure",
        "processing",
        "forget_calls",
        "idle",
    ),
)
_GET = ("workspace", "calls", "files", "messages", "message", "thread", "ephemerals", "modals", "home", "text")


def upload(given: Json) -> Upload:
    """A file as JSON: its `name`, and its octets in base64 as `content`. Raises KeyError, ValueError."""
    return Upload(str(given["name"]), base64.b64decode(given["content"], validate=True))


def with_uploads(values: Json) -> Json:
    """A form's values, with Uploads in place of what `upload` reads."""
    return {name: _uploads(value) for name, value in values.items()}


def _uploads(value: Any) -> Any:
    if isinstance(value, dict) and "content" not in value:
        return with_uploads(value)
    if isinstance(value, list) and value and all(isinstance(each, dict) and "content" in each for each in value):
        return [upload(each) for each in value]
    return value


def routes(workspace: Workspace) -> list[Route]:
    """The control routes of a workspace."""
    control = _Control(workspace)
    posts = [Route(f"/_emulator/{name}", _endpoint(getattr(control, name)), methods=["POST"]) for name in _POST]
    return posts + [Route(f"/_emulator/{name}", _endpoint(getattr(control, name)), methods=["GET"]) for name in _GET]


def _endpoint(deed: Callable[[Json], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            if request.method == "GET":
                body: Json = dict(request.query_params)
            else:
                body = json.loads(await request.body() or b"{}")
            answer = await deed(body)
        except CannotDo as error:
            errors = error.errors if isinstance(error, FormIncomplete) else {}
            return JSONResponse({"error": type(error).__name__, "message": str(error), "errors": errors}, 409)
        except (KeyError, TypeError, ValueError) as error:
            return JSONResponse({"error": type(error).__name__, "message": str(error)}, 400)
        return PlainTextResponse(answer) if isinstance(answer, str) else JSONResponse(answer)

    return endpoint


def _said(said: Said) -> Json:
    delivery = said.delivery
    return {
        "ts": said.ts,
        "message": said.message,
        "event_id": delivery.event_id if delivery is not None else None,
        "attempts": [asdict(each) for each in delivery.attempts] if delivery is not None else [],
    }


def _done(done: Interaction) -> Json:
    return {
        "outcome": done.outcome,
        "status": done.status,
        "body": done.body,
        "seconds": done.seconds,
        "failure": done.attempt.failure,
        "errors": dict(done.errors),
        "view": done.view,
    }
