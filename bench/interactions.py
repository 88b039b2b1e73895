"""What people do in Slack: how long after the click a form stands there, and how much one process bears.

The process (`web` over signed HTTP, `bot` over Socket Mode) and a worker are their own processes; Slack and its people
are this one. An interaction is what Slack tells us: a click, a submitted or closed form, a message in a thread.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from app.settings import Settings
from app.wiring import services
from bench.processes import BOT_TOKEN, SIGNING_SECRET, process
from bench.standing import BOSS, stand
from bot.intents import Action
from emulators.loopback import free_port
from emulators.slack import CannotDo, Channel, Interaction, Person, Workspace
from ticketing.people.person import Role

CARDS, PEOPLE = 60, 30
CALM_RATE, CALM = 5.0, 60  # interactions a second, and how many: a team at work
RATE, SECONDS = 50.0, 10.0  # what one process has to bear
FLAT_OUT = 5.0  # seconds


@dataclass(slots=True)
class Interactions:
    """`opened`, `answered`: seconds from the click, to the form at Slack and to our answer."""

    opened: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    failed: int = 0
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.answered) / self.seconds


@dataclass(frozen=True, slots=True)
class Measured:
    calm: Interactions
    held: Interactions  # at RATE
    flat_out: Interactions


def at(share: float, samples: Sequence[float]) -> float:
    ordered = sorted(samples)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def rows(door: str, found: Measured) -> list[tuple[str, str, str]]:
    """What, measured, wanted."""
    held = found.held
    return [
        (f"click to form, {door}, p50 / p95", _both(found.calm.opened), "at most 300 ms"),
        (f"… at {RATE:.0f} interactions a second", _both(held.opened), "at most 300 ms"),
        ("… interactions answered then, p50 / p95", _both(held.answered), f"not answered: {held.failed}"),
        ("… interactions flat out, /s", f"{found.flat_out.per_second:.0f}", f"at least {RATE:.0f}"),
    ]


def _both(samples: Sequence[float]) -> str:
    return f"{at(0.5, samples) * 1000:.0f} / {at(0.95, samples) * 1000:.0f} ms"


async def measure(dsn: str, environment: dict[str, str], *, socket: bool) -> Measured:
    async with _open(dsn, environment, socket=socket) as crowd:
        await crowd.warm_up()
        calm = await crowd.work(CALM / CALM_RATE, rate=CALM_RATE)
        held = await crowd.work(SECONDS, rate=RATE)
        return Measured(calm, held, await crowd.work(FLAT_OUT))


@asynccontextmanager
async def _open(dsn: str, environment: dict[str, str], *, socket: bool) -> AsyncIterator["Crowd"]:
    port = free_port()
    slack = Workspace(
        events_url=None if socket else f"http://127.0.0.1:{port}/slack/events",
        signing_secret=SIGNING_SECRET,
        bot_token=BOT_TOKEN,
        limits=False,
        echoes=False,
    )
    people = [slack.add_user(f"agent{number}", f"agent{number}@example.com") for number in range(PEOPLE)]
    slack.add_user("mia", BOSS)
    channel = slack.add_channel("support")
    async with slack.serve() as served:
        settings = environment | {
            "DATABASE_URL": dsn,
            "PORT": str(port),
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": f"{served.url}/api/",
            "SLACK_PACING": "false",
            "LOG_LEVEL": "error",
        }
        ours = Settings(
            _env_file=None, slack_bot_token=BOT_TOKEN, slack_api_url=settings["SLACK_API_URL"], slack_pacing=False
        )
        async with services(ours, dsn, connections=4) as made:
            await stand(made, channel.id, dsn, CARDS)
            for each in people:
                await made.desk.add_person(each.name, str(each.email), Role.ADMIN)
        door = (
            process("bot", ["app", "bot"], settings) if socket else process("web", ["app", "web"], settings, port=port)
        )
        async with door, process("worker", ["app", "worker"], settings):
            if socket:
                await asyncio.wait_for(slack.sockets.until_connected(), 60)
            yield Crowd(slack, channel, people, [each["ts"] for each in slack.channel_messages(channel)])


@dataclass
class Crowd:
    """People at their screens, each doing one thing after the other."""

    slack: Workspace
    channel: Channel
    people: Sequence[Person]
    cards: Sequence[str]  # by ts

    def __post_init__(self) -> None:
        self._dice = random.Random(7)
        self._deeds: tuple[Callable[[Person, Interactions], Awaitable[None]], ...] = (
            self._claim,
            self._comment_in_a_form,
            self._look_at_status,
            self._begin_a_reply,
            self._write_in_the_thread,
        )

    async def warm_up(self) -> None:
        """Everybody has been here before, and who they are is known."""
        nobody = Interactions()
        for at_once in range(0, len(self.people), 5):
            await asyncio.gather(*(self._look_at_status(each, nobody) for each in self.people[at_once : at_once + 5]))

    async def work(self, seconds: float, *, rate: float | None = None) -> Interactions:
        """For so long, at `rate` interactions a second; None: as fast as they are answered."""
        done = Interactions()
        began = time.perf_counter()
        free: asyncio.Queue[Person] = asyncio.Queue()
        for each in self.people:
            free.put_nowait(each)
        async with asyncio.TaskGroup() as group:
            started = 0
            while (passed := time.perf_counter() - began) < seconds:
                if rate is not None and (early := started / rate - passed) > 0:
                    await asyncio.sleep(early)
                person = await free.get()
                deed = self._dice.choice(self._deeds)
                started += _INTERACTIONS[deed.__name__]
                group.create_task(self._once(deed, person, done, free))
        done.seconds = time.perf_counter() - began
        return done

    async def _once(
        self,
        deed: Callable[[Person, Interactions], Awaitable[None]],
        person: Person,
        done: Interactions,
        free: asyncio.Queue[Person],
    ) -> None:
        try:
            await deed(person, done)
        except CannotDo:  # it is not on their screen any more
            done.failed += 1
        finally:
            free.put_nowait(person)

    async def _claim(self, person: Person, done: Interactions) -> None:
        ts = self._dice.choice(self.cards)
        taken = Action.TAKE_OVER in str(self.slack.message(self.channel, ts)["blocks"])
        _note(done, await person.press(self.channel, ts, Action.TAKE_OVER if taken else Action.CLAIM))

    async def _comment_in_a_form(self, person: Person, done: Interactions) -> None:
        view = await self._form(person, Action.COMMENT, done)
        _note(done, await person.submit(view, {"text": "The warehouse looks for it."}))

    async def _look_at_status(self, person: Person, done: Interactions) -> None:
        await person.close(await self._form(person, Action.STATUS, done))

    async def _begin_a_reply(self, person: Person, done: Interactions) -> None:
        closed = await person.close(await self._form(person, Action.REPLY, done))
        if closed is not None:
            _note(done, closed)

    async def _write_in_the_thread(self, person: Person, done: Interactions) -> None:
        said = await person.say(self.channel, "Asked the carrier.", thread_ts=self._dice.choice(self.cards))
        assert said.delivery is not None
        first = said.delivery.attempts[0]
        done.answered.append(first.seconds)
        done.failed += not first.acknowledged

    async def _form(self, person: Person, action: Action, done: Interactions) -> str:
        """Its id. Raises CannotDo where none came."""
        clicked = self.slack.clock()
        pressed = await person.press(self.channel, self._dice.choice(self.cards), action)
        _note(done, pressed)
        if not person.modals():
            raise CannotDo("no form came")
        call = next(
            each
            for each in reversed(self.slack.calls)
            if each.method == "views.open" and each.arguments["trigger_id"] == pressed.trigger_id
        )
        done.opened.append(call.at - clicked)
        return str(person.modals()[-1]["id"])


_INTERACTIONS = {"_claim": 1, "_comment_in_a_form": 2, "_look_at_status": 1, "_begin_a_reply": 2}
_INTERACTIONS["_write_in_the_thread"] = 1


def _note(done: Interactions, interaction: Interaction) -> None:
    done.answered.append(interaction.seconds)
    done.failed += interaction.outcome == "failed"
