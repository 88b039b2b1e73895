"""The worker: runs jobs. Any number may run."""

import asyncio

import structlog

from ai.offline import OfflineBrain
from app.services import Services
from app.settings import HOME, Settings
from app.subscriptions import GIVEN_UP, SUBSCRIPTIONS, Subscription, job_name
from app.wiring import services
from core.events import Event
from storage.jobs.codec import decode
from storage.jobs.execution import GivenUp, Handler, Job
from storage.jobs.runner import run_jobs
from ticketing.brain import Brain

log = structlog.get_logger()


async def run(settings: Settings, dsn: str, stop: asyncio.Event, *, brain: Brain | None = None) -> None:
    """Until `stop` is set. Training the offline brain takes a moment the first time; then it is kept under var/."""
    brain = brain or await asyncio.to_thread(OfflineBrain.train, cache=HOME / "var" / "cache")
    async with services(settings, dsn, brain=brain, connections=12) as made:
        log.info("actions_installed", names=list(made.actions.installed.specs))  # what cannot be loaded is said now
        await asyncio.gather(*(connector.prepare() for connector in made.connectors.values()))
        await run_jobs(dsn, handlers(made), stop=stop, given_up=given_up(made))


def handlers(made: Services) -> dict[str, Handler]:
    """A handler for every line of the subscriptions."""
    return {
        job_name(kind, subscription): _handler(made, kind, subscription)
        for kind, subscriptions in SUBSCRIPTIONS.items()
        for subscription in subscriptions
    }


def given_up(made: Services) -> dict[str, GivenUp]:
    """What follows where one of these jobs is parked."""
    return {
        job_name(kind, subscription): _given_up(made, kind, subscription)
        for kind, subscriptions in SUBSCRIPTIONS.items()
        for subscription in subscriptions
        if subscription.run in GIVEN_UP
    }


def _given_up(made: Services, kind: type[Event], subscription: Subscription) -> GivenUp:
    async def follow(job: Job, error: Exception) -> None:
        await GIVEN_UP[subscription.run](made, decode(kind, job.payload or b"{}"), error)

    return follow


def _handler(made: Services, kind: type[Event], subscription: Subscription) -> Handler:
    async def handle(job: Job) -> None:
        await subscription.run(made, decode(kind, job.payload or b"{}"), str(job.id))

    return handle
