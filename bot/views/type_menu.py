"""The menu of types on a card: each with its categories, so that both are put right at once."""

from functools import lru_cache

from bot.intents import Action
from bot.refs import StaleButton
from bot.text import title
from bot.views.parts import OPTION, option, plain
from bot.wire import Json
from ticketing.tickets.card import TicketCard
from ticketing.triage.suggestion import Vocabulary

_BETWEEN = "/"


def type_menu(card: TicketCard, vocabulary: Vocabulary) -> Json:
    """Cards carry labels, not keys. The ticket stands in the block's name: in each option it would be too much."""
    groups = _groups(
        tuple((kind, label, tuple(vocabulary.categories_of(kind).items())) for kind, label in vocabulary.types.items())
    )
    now = title(f"{card.type} · {card.category}", OPTION)
    menu: Json = {"type": "static_select", "action_id": Action.TYPE.value, "placeholder": plain(now)}
    menu["option_groups"] = groups
    chosen = next((each for group in groups for each in group["options"] if each["text"]["text"] == now), None)
    return menu if chosen is None else menu | {"initial_option": chosen}


@lru_cache(maxsize=4)  # the same on every card, and most of the work of drawing one
def _groups(types: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]) -> list[Json]:
    """Each type with its label and its own categories."""
    return [
        {
            "label": plain(title(label, OPTION)),
            "options": [
                option(title(f"{label} · {name}", OPTION), f"{kind}{_BETWEEN}{category}")
                for category, name in categories
            ],
        }
        for kind, label, categories in types
    ]


def chosen_type(value: str) -> tuple[str, str]:
    """Type and category. Raises StaleButton."""
    kind, between, category = value.partition(_BETWEEN)
    if not between:
        raise StaleButton
    return kind, category
