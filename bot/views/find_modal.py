"""The modal that finds tickets: what is typed, and below it what was found."""

from collections.abc import Sequence
from datetime import datetime

from bot.intents import Field, Form
from bot.text import inline
from bot.views.parts import context, mrkdwn, plain, section, typed
from bot.views.ticket_list import line
from bot.wire import Json
from ticketing.tickets.search import MOST_CHARACTERS
from ticketing.tickets.shown_line import ShownLine

MOST = 20


def find_modal(
    found: Sequence[ShownLine] | None = None, *, said: str = "", why: str = "", now: datetime, site: str = ""
) -> Json:
    """`found` None: nothing has been looked for yet; one more than MOST says that there are more. `why`: it failed."""
    blocks = [_search(focus=found is None)]
    if why:
        blocks.append(section(mrkdwn(f"⚠️ {inline(why, 2000)}")))
    elif found is not None and not found:
        blocks.append(section(mrkdwn(f"Nothing was found for “{inline(said, 220)}”.")))
    elif found:
        blocks += [section(mrkdwn(line(each, now=now, site=site))) for each in found[:MOST]]
        if len(found) > MOST:
            blocks.append(context(mrkdwn(f"These are the {MOST} whose texts are the newest. Say more to find others.")))
    return {
        "type": "modal",
        "callback_id": Form.FIND.value,
        "title": plain("Find ticket"),
        "submit": plain("Find"),
        "close": plain("Close"),
        "blocks": blocks,
    }


def _search(*, focus: bool) -> Json:
    """Slack tells us of it when Enter is pressed, and the modal stays."""
    element = typed(Field.FIND, focus=focus, most=MOST_CHARACTERS, placeholder="12, broken mug, brok*, …")
    return {
        "type": "input",
        "block_id": Field.FIND.value,
        "label": plain("Number, or words of subjects, messages and comments"),
        "element": element | {"dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}},
        "dispatch_action": True,
        "hint": plain("Press Enter to look. “In quotes”: words in a row. begin*: how a word begins."),
    }
