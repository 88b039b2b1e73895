"""The web process: providers' webhooks, Slack over HTTP, health. Any number may run."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import timedelta

import uvicorn

from app.doors import open_doors
from app.inbox import open_gate
from app.linked import LinkedFiles, LinkedMails, LinkedTickets, links_of
from app.services import Services
from app.settings import Settings
from app.socket_state import socket_problem
from app.wiring import services
from bot.app import build as build_bot
from bot.http import slack_endpoint
from storage.engine import DATABASE_AWAY
from ticketing.answers.link import AnswerLink, check
from ticketing.answers.question import Question, Told
from ticketing.resolution.numbers import RunNumbers
from web.answers import AnswerDoor
from web.app import build
from web.files import FileDoor
from web.mails import MailDoor
from web.ports import AnswersUnavailable, Lag, Remarks, RunLook
from web.tickets import TicketDoor


async def run(settings: Settings, dsn: str, stop: asyncio.Event) -> None:
    """Until `stop` is set; requests under way are answered first."""
    gate = await open_gate(dsn)
    try:
        async with services(settings, dsn) as made, AsyncExitStack() as stack:
            endpoint = None
            if settings.slack is not None and made.slack is not None and settings.slack.signing_secret:
                bot = build_bot(
                    settings.slack,
                    made.desk,
                    made.rooms,
                    made.light_cards,
                    made.customers,
                    made.finding,
                    made.homes,
                    slack=made.slack,
                    clock=made.clock,
                    actions=made.actions.of,
                )
                endpoint = slack_endpoint(bot, settings.slack)
            closed = await stack.enter_async_context(open_doors(dsn, made.connectors, made.clock))
            application = build(
                webhooks=made.connectors,
                inbox=gate,
                health=gate,
                public_base_url=settings.public_base_url.rstrip("/"),
                slack=endpoint,
                files=FileDoor(LinkedFiles(made), links_of(made), made.clock),
                mails=MailDoor(LinkedMails(made), links_of(made), made.clock),
                tickets=TicketDoor(LinkedTickets(made), in_slack=made.slack is not None),
                answers=AnswerDoor(_Answers(made)),
                remarks=_remarks(made, closed, socket=settings.slack_app_token is not None),
                lag=_lag(made),
                runs=_runs(made),
                clock=made.clock,
            )
            await _serve(application, settings, stop)
    finally:
        await gate.close()


def _remarks(made: Services, closed: Mapping[str, str], *, socket: bool) -> Remarks:
    """What `/readyz` says of ports that are `closed`, and of Slack's socket, which the bot process keeps."""

    async def remarks() -> Mapping[str, str]:
        if not socket:
            return closed
        try:
            problem = socket_problem(await made.feeds.socket_state(), made.clock())
        except DATABASE_AWAY:  # said already, or soon
            return closed
        return closed if problem is None else {**closed, "slack": problem}

    return remarks


def _lag(made: Services) -> Lag:
    """How far Slack's cards are behind, for `/metrics`."""

    async def lag() -> timedelta | None:
        try:
            return await made.homes.cards_behind()
        except DATABASE_AWAY:
            return None

    return lag


def _runs(made: Services) -> RunLook:
    """How the AI's runs are going, for `/metrics`."""

    async def numbers() -> RunNumbers | None:
        try:
            async with made.start() as uow:
                return await uow.runs.numbers(at=made.clock())
        except DATABASE_AWAY:
            return None

    return numbers


class _Answers:
    """What this desk's links ask. Its key may have to be asked for first."""

    def __init__(self, made: Services) -> None:
        self._made = made

    async def question(self, link: AnswerLink) -> Question:
        try:
            await self._check(link)
            return await self._made.desk.question(link.data)
        except DATABASE_AWAY as error:
            raise AnswersUnavailable from error

    async def give_answer(self, link: AnswerLink, *, score: int | None, comment: str) -> Told:
        try:
            await self._check(link)
            return await self._made.desk.give_answer(link.data, score=score, comment=comment)
        except DATABASE_AWAY as error:
            raise AnswersUnavailable from error

    async def _check(self, link: AnswerLink) -> None:
        check(await self._made.files.links(), link, now=self._made.clock())


async def _serve(application: object, settings: Settings, stop: asyncio.Event) -> None:
    config = uvicorn.Config(
        application,  # type: ignore[arg-type]  # an ASGI application
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=10,
        server_header=False,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stopping.cancel()
    await serving


class _Server(uvicorn.Server):
    """Signals are this program's business, not uvicorn's: it would end the process before the database is stopped."""

    def capture_signals(self):  # type: ignore[no-untyped-def]  # uvicorn's own context manager, made empty
        from contextlib import nullcontext

        return nullcontext()
