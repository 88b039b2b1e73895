"""After the story: whoever sits there is the customer, and can play Mia too. What changes is shown as it comes."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.demo.reading import draw, draw_entry, flat
from app.demo.stage import Json, Stage
from app.demo.telling import Page, Teller, seconds
from app.demo.waiting import DemoFailed, until
from bot.intents import Action, Field
from emulators.slack import CannotDo
from emulators.twilio import Customer
from storage.queries.verdicts import verdicts

_LOOK_EVERY = 0.1  # seconds
_PROMPT = "you › "
_COMMANDS = (
    ("any words", "are sent as you, a customer on WhatsApp"),
    ("/claim N", "Mia presses Claim on ticket N"),
    ("/reply N words", "Mia presses Reply and sends you these words"),
    ("/status N name", "Mia sets its status: /status 2 Investigating"),
    ("/quit", "ends everything (so do Ctrl-C and Ctrl-D)"),
)


async def converse(stage: Stage, teller: Teller) -> None:
    """Until /quit or the end of standard input."""
    you = stage.twilio.customer("+14155550177", name="You")
    teller.lines("Or stay here, as a customer with a phone. Type and press Enter:", _COMMANDS)
    shown = _Shown(stage, teller, you)
    await shown.changes()  # what the story left behind is known already
    async with _lines() as lines:
        _ask()
        while True:
            line = await _next(lines)
            if line is not None and (not line or line.strip() == "/quit"):
                return
            if line is not None and line.strip():
                await _obey(line.strip(), stage, teller, you)
            pages = await shown.changes()
            if pages:
                sys.stdout.write("\r")
                for page in pages:
                    teller.console.print(*page.parts)
            if pages or line is not None:
                _ask()


def _ask() -> None:
    sys.stdout.write(_PROMPT)
    sys.stdout.flush()


@asynccontextmanager
async def _lines() -> AsyncIterator["asyncio.Queue[str]"]:
    """What is typed, line by line; "" is the end. Not read in a thread: one that waits for input cannot be ended."""
    queue: asyncio.Queue[str] = asyncio.Queue()
    descriptor = sys.stdin.fileno()

    def ready() -> None:
        typed = os.read(descriptor, 65536).decode("utf-8", "replace")
        for line in typed.splitlines(keepends=True) or [""]:
            queue.put_nowait(line)

    loop = asyncio.get_running_loop()
    loop.add_reader(descriptor, ready)
    try:
        yield queue
    finally:
        loop.remove_reader(descriptor)


async def _next(lines: "asyncio.Queue[str]") -> str | None:
    with contextlib.suppress(TimeoutError):
        return await asyncio.wait_for(lines.get(), _LOOK_EVERY)
    return None


async def _obey(line: str, stage: Stage, teller: Teller, you: Customer) -> None:
    command, _, rest = line.partition(" ")
    number, _, text = rest.strip().partition(" ")
    try:
        if command == "/claim":
            await stage.mia.press(stage.channel, _card(stage, number)["ts"], Action.CLAIM)
        elif command == "/reply":
            await _fill_in(stage, _card(stage, number), Action.REPLY, Field.TEXT, text)
        elif command == "/status":
            await _fill_in(stage, _card(stage, number), Action.STATUS, Field.STATUS, text)
        elif command.startswith("/"):
            teller.lines("There is no such command:", _COMMANDS)
        else:
            written = await you.write(line)
            teller.console.print(
                f"  accepted in {seconds(written.latency)}" if written.ok else "  not accepted", style="dim"
            )
    except (CannotDo, DemoFailed) as refusal:
        teller.console.print(f"  That cannot be done: {refusal}", style="yellow", markup=False)


def _card(stage: Stage, number: str) -> Json:
    """Raises DemoFailed."""
    wanted = f"#{number.removeprefix('#')} "
    for card in stage.cards():
        if wanted in flat(stage, card).split("\n")[0] + " ":
            return card
    raise DemoFailed(f"there is no ticket {wanted.strip()}; name one by its number, as in /claim 2")


async def _fill_in(stage: Stage, card: Json, button: Action, field: Field, value: str) -> None:
    """Mia presses a button and submits its form. Raises CannotDo, DemoFailed (with Threadline's own words)."""
    mia, told = stage.mia, len(stage.mia.ephemerals())
    await mia.press(stage.channel, card["ts"], button)
    await until(lambda: mia.modals() or len(mia.ephemerals()) > told, "an answer to the click", patience=5)
    if not mia.modals():
        return  # she was told why not, and that is shown
    form = mia.modals()[-1]
    answer = await mia.submit(form["id"], {field: _offered(form, field, value)})
    if answer.outcome != "closed":
        await mia.close(form["id"])
        asks = "its form asks for more, so fill it in on the page" if answer.outcome == "updated" else ""
        raise DemoFailed("; ".join(answer.errors.values()) or asks or "Threadline did not take the form")


def _offered(form: Json, field: Field, words: str) -> str:
    """What is chosen by these words where the field is a menu; else the words. Raises DemoFailed."""
    element = next(block["element"] for block in form["blocks"] if block.get("block_id") == field)
    if "options" not in element:
        return words
    offered = {option["text"]["text"]: option["value"] for option in element["options"]}
    for label, value in offered.items():
        if words and words.casefold() in label.casefold():
            return str(value)
    raise DemoFailed(f"it offers: {', '.join(offered)}")


class _Shown:
    """Remembers what has been shown of Slack and the phone."""

    def __init__(self, stage: Stage, teller: Teller, you: Customer) -> None:
        self._stage, self._teller, self._you = stage, teller, you
        self._slack: dict[str, str] = {}
        self._private = len(stage.mia.ephemerals())
        self._phone = 0
        self._verdicts = 0

    async def changes(self) -> list[Page]:
        """What is new since the last look."""
        page = Page(self._teller.columns)
        said = await verdicts(self._stage.engine, channel="whatsapp", address=self._you.number)
        for verdict in said[self._verdicts :]:
            page.say(verdict)
        self._verdicts = len(said)
        for card in self._stage.cards():
            self._note(page, card, f"Slack  #{self._stage.channel.name}")
            for entry in self._stage.thread(card["ts"]):
                self._note(page, entry, "Slack  in the card's thread")
        for private in self._stage.mia.ephemerals()[self._private :]:
            page.slack(draw(self._stage, private, page.columns), title="Slack  only Mia sees this")
        self._private = len(self._stage.mia.ephemerals())
        for message in self._you.inbox[self._phone :]:
            page.phone("You", message.body, incoming=True, note=message.status)
        self._phone = len(self._you.inbox)
        return [page] if page.parts else []

    def _note(self, page: Page, message: Json, where: str) -> None:
        drawn = draw_entry(self._stage, message, page.columns)
        if self._slack.get(message["ts"]) != drawn:
            self._slack[message["ts"]] = drawn
            page.slack(drawn, title=where)
