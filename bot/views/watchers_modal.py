"""Who watches a ticket: added by name, taken off by a click."""

from bot.beneath import Beneath
from bot.intents import Field, Form, Work
from bot.text import cut
from bot.views.overview_modal import watcher_name
from bot.views.parts import button, context, field, mrkdwn, plain, search, section
from bot.views.ticket_card import ref
from bot.views.work_form import work_form
from bot.wire import Json
from ticketing.collaboration.overview import Overview
from ticketing.collaboration.watcher import Because, Watcher
from ticketing.tickets.card import TicketCard

_WHY = {
    Because.OWN: "wanted to",
    Because.ADDED: "a colleague wanted them to",
    Because.MENTIONED: "was mentioned",
    Because.MERGED: "watched a ticket that went on in this one",
}


def watchers_modal(card: TicketCard, seen: Overview, *, beneath: Beneath | None = None, said: str = "") -> Json:
    """`said`: why somebody was not taken off."""
    menu = search(Field.WATCHER, "Type the name of a person or team")
    hint = "Whoever watches is told its news; of a team, whoever belongs to it at the time."
    blocks = [section(plain(f"⚠️ {cut(said, 1500)}"))] if said else []
    blocks += [_row(each, card) for each in seen.watchers]
    if (more := card.watchers - len(seen.watchers)) > 0:
        blocks.append(context(plain(f"and {more:,} more")))
    blocks.append(field(Field.WATCHER, "Add", menu, hint=hint))
    return work_form(Form.WATCHERS, card, f"Watchers of #{card.number}", blocks, submit="Add", beneath=beneath)


def _row(watcher: Watcher, card: TicketCard) -> Json:
    value = ref(card).encode(o=str(watcher.id))
    text = f"{watcher_name(watcher)}\n_{_WHY[watcher.because]}_"
    return section(mrkdwn(text), accessory=button("Take off", Work.TAKE_OFF, value))
