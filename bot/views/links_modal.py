"""What a ticket is linked with: added by number or words, taken away by a click."""

from collections.abc import Sequence

from bot.beneath import Beneath
from bot.intents import Field, Form, Work
from bot.refs import StaleButton
from bot.text import cut, title
from bot.views.overview_modal import link_line
from bot.views.parts import OPTION, button, context, field, mrkdwn, option, plain, search, section, select
from bot.views.ticket_card import ref
from bot.views.work_form import work_form
from bot.wire import Json
from ticketing.collaboration.link import Linked, LinkKind
from ticketing.collaboration.overview import Overview
from ticketing.tickets.card import TicketCard, TicketName

_BACK = "~"  # before a kind: read from the other ticket to this one
_KINDS = {
    LinkKind.RELATES.value: "relates to",
    LinkKind.DUPLICATES.value: "duplicates",
    f"{_BACK}{LinkKind.DUPLICATES}": "is duplicated by",
    LinkKind.BLOCKS.value: "blocks",
    f"{_BACK}{LinkKind.BLOCKS}": "is blocked by",
    LinkKind.PARENT.value: "is the parent of",
    f"{_BACK}{LinkKind.PARENT}": "is a child of",
}


def links_modal(card: TicketCard, seen: Overview, *, beneath: Beneath | None = None, said: str = "") -> Json:
    """`said`: why a link was not taken away."""
    kinds = [option(f"#{card.number} {words}", key) for key, words in _KINDS.items()]
    blocks = [section(plain(f"⚠️ {cut(said, 1500)}"))] if said else []
    blocks += [_row(each, card) for each in seen.links]
    if (more := card.links - len(seen.links)) > 0:
        blocks.append(context(plain(f"and {more:,} more")))
    blocks += [
        field(Field.KIND, "How", select(Field.KIND, kinds, chosen=LinkKind.RELATES.value)),
        field(Field.LINKED, "Which ticket", search(Field.LINKED, "Type its number, or words")),
    ]
    return work_form(Form.LINKS, card, f"Links of #{card.number}", blocks, submit="Link", beneath=beneath)


def chosen_kind(value: str) -> tuple[LinkKind, bool]:
    """The kind, and whether it is read from the other ticket to this one. Raises StaleButton."""
    try:
        return LinkKind(value.removeprefix(_BACK)), value.startswith(_BACK)
    except ValueError as error:
        raise StaleButton from error


def ticket_options(found: Sequence[TicketName]) -> list[Json]:
    return [option(title(f"#{each.number} {each.subject}", OPTION), str(each.id)) for each in found[:100]]


def _row(linked: Linked, card: TicketCard) -> Json:
    at = linked.link
    value = ref(card).encode(k=at.kind.value, f=str(at.origin), o=str(at.target))
    return section(mrkdwn(link_line(linked)), accessory=button("Take away", Work.UNLINK, value))
