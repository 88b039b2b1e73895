"""The tags of a ticket: those it has, taken off by a click; those in use, and new ones, by typing."""

from collections.abc import Sequence

from bot.beneath import Beneath
from bot.intents import Field, Form
from bot.text import title, visible
from bot.views.parts import OPTION, field, option, plain
from bot.views.work_form import work_form
from bot.wire import Json
from ticketing.collaboration.tags import TAG_LENGTH, TagRefused, normalised
from ticketing.tickets.card import TicketCard
from ticketing.tickets.ticket import MOST_TAGS

_MOST = 100


def tags_modal(card: TicketCard, *, beneath: Beneath | None = None) -> Json:
    menu: Json = {
        "type": "multi_external_select",
        "action_id": Field.TAGS.value,
        "placeholder": plain("Type a tag"),
        "min_query_length": 0,
        "max_selected_items": MOST_TAGS,
    }
    if card.tags:
        menu["initial_options"] = [_option(each) for each in card.tags]
    hint = f"The desk's own words, at most {MOST_TAGS} of {TAG_LENGTH} characters. They stay in the record: no names."
    return work_form(
        Form.TAGS,
        card,
        f"Tags of #{card.number}",
        [field(Field.TAGS, "Tags", menu, optional=True, hint=hint)],
        submit="Save",
        beneath=beneath,
    )


def tag_options(known: Sequence[str], said: str) -> list[Json]:
    """Tags in use, and what was typed, if it is none of them and can be one."""
    options = [_option(each) for each in known[: _MOST - 1] if visible(each)]
    new = _new(said)
    return [option(title(f"New: {new}", OPTION), new), *options] if new and new not in known else options


def _new(said: str) -> str:
    try:
        return normalised([said])[0] if visible(said) else ""
    except TagRefused:
        return ""


def _option(tag: str) -> Json:
    return option(title(tag, OPTION), tag)
