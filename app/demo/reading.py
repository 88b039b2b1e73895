"""What somebody reads off a screen: a card, a thread, a form, the counters of the web process."""

import copy
import re
from collections.abc import Mapping

from app.demo.processes import metrics
from app.demo.stage import Json, Stage
from bot.views import words
from core.messages import Delivery
from emulators.slack import as_text

_UNWRAPPED = 100_000  # columns
_COUNTED = re.compile(r'threadline_webhooks_total\{channel="whatsapp",outcome="(\w+)"\} (\S+)')


def draw(stage: Stage, thing: Json, columns: int) -> str:
    """A message or a form as text, `columns` wide."""
    return as_text(thing, names=stage.names, columns=columns)


def draw_entry(stage: Stage, message: Json, columns: int) -> str:
    """A message of a thread, with its author: Slack writes people's names above their words, posts of ours say them."""
    person = stage.slack.people[message["user"]]
    author = "" if person.is_bot else f"{person.real_name}\n"
    return author + draw(stage, message, columns)


def by_number(stage: Stage, cards: list[Json]) -> list[Json]:
    """Cards in the order of their tickets: two that are opened at once may come into the channel in any order."""
    return sorted(cards, key=lambda card: int(re.findall(r"#(\d+)", flat(stage, card))[0]))


def flat(stage: Stage, thing: Json) -> str:
    """The same without wrapped lines, to look for words in."""
    return as_text(thing, names=stage.names, columns=_UNWRAPPED)


def in_thread(stage: Stage, card: str, text: str) -> Json | None:
    """The message under the card (posted at `card`) that says this."""
    return next((each for each in stage.thread(card) if text in flat(stage, each)), None)


def delivery(stage: Stage, reply: Json) -> Delivery | None:
    """How far the message of a thread says that a reply has come."""
    head = flat(stage, reply).split("\n")[0]
    return next((state for state in Delivery if words.delivery(state) in head), None)


def filled(form: Json, values: Mapping[str, str]) -> Json:
    """The form as it looks with this typed in, or chosen, by block."""
    shown = copy.deepcopy(form)
    for block in shown["blocks"]:
        value, element = values.get(block.get("block_id")), block.get("element", {})
        if value is None:
            continue
        if "options" in element:
            element["initial_option"] = next(each for each in element["options"] if each["value"] == value)
        else:
            element["initial_value"] = value
    return shown


async def webhooks(stage: Stage) -> dict[str, int]:
    """How many webhooks the web process accepted, took for duplicates, refused."""
    return {outcome: int(float(count)) for outcome, count in _COUNTED.findall(await metrics(stage.url))}
