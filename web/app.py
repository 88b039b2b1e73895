"""The web application: routes put together from what `app` hands in. Opens nothing and reads no settings."""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.contract import Webhook
from core.instants import Clock, utc_now
from web.answers import PATH as ANSWER
from web.answers import AnswerDoor
from web.body import read, replayed
from web.errors import add_error_answers
from web.files import FileDoor
from web.health import add_health
from web.hooks import Hook
from web.mails import PATH as MAIL
from web.mails import RAW as RAW_MAIL
from web.mails import MailDoor
from web.metrics import Metrics
from web.ports import Health, Inbox, Lag, Remarks, RunLook
from web.tickets import PATH as TICKET
from web.tickets import TicketDoor

SlackEndpoint = Callable[[Request], Awaitable[Response]]

# Slack sends whole messages with their blocks, as JSON inside a form: far more bytes than a customer's message.
_MOST_SLACK_BYTES = 1024 * 1024

# FastAPI looks for OpenTelemetry in the environment at every request, which costs a tenth of a webhook. We count
# ourselves: see metrics.py.
_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}


def build(
    *,
    webhooks: Mapping[str, Webhook],
    inbox: Inbox,
    health: Health,
    public_base_url: str,
    slack: SlackEndpoint | None,
    files: FileDoor | None = None,
    tickets: TicketDoor | None = None,
    mails: MailDoor | None = None,
    answers: AnswerDoor | None = None,
    remarks: Remarks | None = None,
    lag: Lag | None = None,
    runs: RunLook | None = None,
    clock: Clock = utc_now,
) -> FastAPI:
    """The application. `webhooks` are the channels that are on; `slack` is None when Slack comes by Socket Mode.

    `public_base_url` is where providers reach us: their signatures are over it.
    """
    app = FastAPI(title="Threadline", docs_url=None, redoc_url=None, redirect_slashes=False, telemetry=_NO_TELEMETRY)
    metrics = Metrics()
    add_error_answers(app)
    for channel, webhook in webhooks.items():
        hook = Hook(webhook, inbox=inbox, public_base_url=public_base_url, metrics=metrics, clock=clock)
        for path in (f"/hooks/{channel}", f"/hooks/{channel}/{{kind}}"):
            # In front of everything else: routes are tried in order, and this one is in a hurry.
            app.router.routes.insert(0, Route(path, hook, methods=["POST"]))
    if slack is not None:
        app.router.routes.append(Route("/slack/events", _capped(slack), methods=["POST"]))
    if files is not None:
        app.router.routes.append(Route("/files/{file_id}/{name}", files, methods=["GET", "HEAD"]))
    if mails is not None:
        app.router.routes.append(Route(MAIL, mails.show, methods=["GET", "HEAD"]))
        app.router.routes.append(Route(RAW_MAIL, mails.raw, methods=["GET", "HEAD"]))
    if tickets is not None:
        app.router.routes.append(Route(TICKET, tickets.__call__, methods=["GET", "HEAD"]))
    if answers is not None:
        app.router.routes.append(Route(ANSWER, answers.__call__, methods=["GET", "HEAD", "POST"]))
    add_health(app, health, metrics, remarks, lag, runs)
    return app


def _capped(slack: SlackEndpoint) -> SlackEndpoint:
    """Slack's endpoint, which reads its body itself, behind our cap."""

    async def events(request: Request) -> Response:
        try:
            body = await read(request.headers.raw, request.receive, cap=_MOST_SLACK_BYTES)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is left to read it
        return await slack(Request(request.scope, replayed(body)))

    return events
