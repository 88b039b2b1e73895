"""The few Block Kit shapes our views are made of, as plain dicts. Texts come in escaped and cut (`bot/text.py`)."""

from collections.abc import Sequence
from datetime import UTC, datetime, time

from bot.intents import Action, Field, Form, Work
from bot.wire import Json

SECTION = 3000  # characters in a section's text
HEADER = 150
OPTION = 75
PER_GROUP = 100  # options in a menu, or in one group of it


def plain(text: str) -> Json:
    """Text in which Slack formats nothing, emoji names included."""
    return {"type": "plain_text", "text": text, "emoji": False}


def mrkdwn(text: str) -> Json:
    """Our own words with our own formatting. `verbatim`: Slack links nothing in it by itself."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: Json, *, accessory: Json | None = None, block_id: str | None = None) -> Json:
    return _with({"type": "section", "text": text}, accessory=accessory, block_id=block_id)


def context(*elements: Json) -> Json:
    return {"type": "context", "elements": list(elements)}


def button(text: str, action: Action | Work, value: str, *, primary: bool = False, confirm: Json | None = None) -> Json:
    shape = {"type": "button", "text": plain(text), "action_id": action.value, "value": value}
    return _with(shape, style="primary" if primary else None, confirm=confirm)


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def confirm(title: str, text: str, yes: str) -> Json:
    return {"title": plain(title), "text": plain(text), "confirm": plain(yes), "deny": plain("Cancel")}


def option(text: str, value: str) -> Json:
    return {"text": plain(text), "value": value}


def overflow(action: Action, options: Sequence[Json]) -> Json:
    return {"type": "overflow", "action_id": action.value, "options": list(options)}


def select(field: Field, options: Sequence[Json], *, chosen: str | None = None, placeholder: str = "Choose") -> Json:
    """A menu of any length: more than 100 options stand in groups of 100, named for where they begin and end."""
    shape: Json = {"type": "static_select", "action_id": field.value, "placeholder": plain(placeholder)}
    first_words = [each["text"]["text"].split(" ")[0] for each in options]
    chosen_one = next((each for each in options if each["value"] == chosen), None)
    return _with(shape | listed(options, first_words), initial_option=chosen_one)


def listed(options: Sequence[Json], names: Sequence[str]) -> Json:
    """The options of a menu. More than 100 stand in groups of 100, named for the first and the last of the `names`."""
    if len(options) <= PER_GROUP:
        return {"options": list(options)}
    begins = range(0, len(options), PER_GROUP)[:PER_GROUP]
    return {"option_groups": [_group(options[at : at + PER_GROUP], names[at : at + PER_GROUP]) for at in begins]}


def _group(options: Sequence[Json], names: Sequence[str]) -> Json:
    return {"label": plain(f"{names[0][:30]} to {names[-1][:30]}"), "options": list(options)}


def search(field: Field, placeholder: str, *, chosen: Json | None = None) -> Json:
    """A menu that the app fills while somebody types, and before."""
    shape = {"type": "external_select", "action_id": field.value, "placeholder": plain(placeholder)}
    return _with({**shape, "min_query_length": 0}, initial_option=chosen)


def described(text: str, value: str, more: str = "") -> Json:
    """An option with a line below it, where there is `more` to say."""
    return _with(option(text, value), description=plain(more) if more else None)


def typed(
    field: Field,
    *,
    lines: bool = False,
    focus: bool = False,
    most: int | None = None,
    placeholder: str | None = None,
    initial: str | None = None,
) -> Json:
    """A text input. `most`: characters; Slack itself takes 3000."""
    shape: Json = {"type": "plain_text_input", "action_id": field.value, "multiline": lines, "focus_on_load": focus}
    return _with(
        shape,
        max_length=min(most, 3000) if most else None,
        placeholder=plain(placeholder) if placeholder else None,
        initial_value=initial,
    )


def files(field: Field, *, most: int) -> Json:
    """Files from the person's own device; Slack takes 10 at most, of 10 MB each."""
    return {"type": "file_input", "action_id": field.value, "max_files": most}


def boxes(field: Field, options: Sequence[Json], *, ticked: Sequence[Json] | None = None) -> Json:
    """Boxes to tick, at most 10; `ticked`: those that are, to begin with. None: all."""
    shape = {"type": "checkboxes", "action_id": field.value, "options": list(options)}
    return _with(shape, initial_options=list(options if ticked is None else ticked) or None)


def time_of_day(field: Field, initial: time) -> Json:
    """A clock to choose from, to the minute."""
    return {"type": "timepicker", "action_id": field.value, "initial_time": initial.isoformat("minutes")}


def field(name: Field, label: str, element: Json, *, optional: bool = False, hint: str | None = None) -> Json:
    shape = {"type": "input", "block_id": name.value, "label": plain(label), "element": element, "optional": optional}
    return _with(shape, hint=plain(hint) if hint else None)


def modal(form: Form, title: str, blocks: list[Json], *, submit: str, metadata: str, heard: bool = False) -> Json:
    """`heard`: Slack tells us when somebody closes it unsent."""
    shape: Json = {
        "type": "modal",
        "callback_id": form.value,
        "title": plain(title),
        "submit": plain(submit),
        "close": plain("Cancel"),
        "private_metadata": metadata,
        "blocks": blocks,
    }
    return _with(shape, notify_on_close=True if heard else None)


def clock_time(at: datetime) -> str:
    """The time of day as each reader's own clock shows it, in mrkdwn."""
    return f"<!date^{int(at.timestamp())}^{{time}}|{at.astimezone(UTC):%H:%M UTC}>"


def day_and_time(at: datetime) -> str:
    """The same with the day: "Today 2:05 PM"."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at.astimezone(UTC):%Y-%m-%d %H:%M UTC}>"


def _with(shape: Json, **given: object) -> Json:
    return {**shape, **{name: value for name, value in given.items() if value is not None}}
