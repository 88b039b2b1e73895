"""What helps to write a reply, above its box in the form: saved replies, found by their names, and the AI."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.intents import Action, Field
from bot.submission import renewed
from bot.text import prose, title
from bot.views.parts import OPTION, PER_GROUP, actions, button, context, mrkdwn, option, plain, section, select
from bot.wire import Json
from ticketing.playbook.playbook import SavedReply

_HINT = "Saved replies…"
_KEPT = 2900  # characters


@dataclass(frozen=True, slots=True)
class Aids:
    """What there is to help, for somebody who answers about this ticket."""

    replies: Sequence[SavedReply] = ()
    suggests: bool = False  # a brain can be asked for the words


def aids(offered: Aids, turn: int) -> list[Json]:
    """`turn`: how often the box has been filled in; a menu of the same name would keep showing what was chosen."""
    elements = [_menu(offered.replies)] if offered.replies else []
    if offered.suggests:
        elements.append(button("Suggest reply ✨", Action.SUGGEST, "suggest"))
    return [actions(*elements) | {"block_id": renewed(Field.AIDS, turn)}] if elements else []


def waiting(typed: str) -> list[Json]:
    """In place of the box, until the suggestion is there: what would be typed now could not be kept."""
    words = prose(typed, _KEPT)
    return [
        section(mrkdwn("✨ *The AI is writing a suggestion …*")),
        *([context(plain("What you have written so far is kept:")), section(plain(words))] if words else []),
        actions(button("Go on without it", Action.GO_ON, "go_on")),
    ]


def _menu(replies: Sequence[SavedReply]) -> Json:
    """More than a menu takes are searched for while somebody types."""
    if len(replies) <= PER_GROUP:
        return select(Field.SAVED_REPLY, options(replies), placeholder=_HINT)
    search: Json = {"type": "external_select", "action_id": Field.SAVED_REPLY.value, "min_query_length": 0}
    return search | {"placeholder": plain(_HINT)}


def options(replies: Sequence[SavedReply], said: str = "") -> list[Json]:
    """Those whose name or words contain what was said; whose name does, first."""
    wanted = said.strip().casefold()
    named = [each for each in replies if wanted in each.label.casefold()]
    others = [each for each in replies if each not in named and wanted in each.text.casefold()]
    return [option(title(each.label, OPTION), each.key) for each in [*named, *others][:PER_GROUP]]
