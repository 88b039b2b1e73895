"""Merge two tickets of one customer: which one, what that would do, and then it is done."""

from collections.abc import Sequence

from bot.beneath import Beneath
from bot.intents import Field, Form
from bot.text import code, inline, title
from bot.views import words
from bot.views.parts import OPTION, described, field, mrkdwn, option, search, section
from bot.views.work_form import work_form
from bot.wire import Json
from ticketing.collaboration.duplicates import Candidate, Likely
from ticketing.collaboration.merge import Brought, TicketMergePreview
from ticketing.tickets.card import TicketCard

OTHER, STAYS, VERSIONS = "other", "stays", "versions"  # what the second form remembers
_THIS, _OTHER = "this", "other"


def find_duplicate_modal(card: TicketCard, *, other: Likely | None = None, beneath: Beneath | None = None) -> Json:
    """`other`: the one that was pressed."""
    menu = search(Field.DUPLICATE, "Type its number or words", chosen=_option(other) if other else None)
    this = option(title(f"#{card.number} (which you look at)", OPTION), _THIS)
    stays: Json = {
        "type": "radio_buttons",
        "action_id": Field.STAYS.value,
        "options": [this, option("The other one", _OTHER)],
        "initial_option": this,
    }
    hint = "It goes on with the messages, comments and watchers of both. The other one keeps its record."
    blocks = [
        field(Field.DUPLICATE, "Which ticket is the same issue", menu, hint="Of the same customer, on any channel."),
        field(Field.STAYS, "Which one goes on", stays, hint=hint),
    ]
    title_ = f"Merge #{card.number}"
    return work_form(Form.FIND_DUPLICATE, card, title_, blocks, submit="Preview", beneath=beneath)


def this_goes_on(chosen: str) -> bool:
    return chosen != _OTHER


def duplicate_options(found: Sequence[Likely]) -> list[Json]:
    """Those that are likely the same issue come with the reason."""
    return [_option(each) for each in found[:100]]


def _option(each: Likely) -> Json:
    return described(_named(each.ticket), str(each.ticket.id), title(each.why, OPTION) if each.why else "")


def _named(ticket: Candidate) -> str:
    return title(f"#{ticket.number} {ticket.subject}", OPTION)


def ticket_merge_modal(card: TicketCard, preview: TicketMergePreview, *, beneath: Beneath | None = None) -> Json:
    """What the merge would do. Nothing has happened yet. `card`: of the ticket it was asked from."""
    goes, stays = preview.absorbed, preview.survivor
    is_this = stays.id == card.ticket_id
    lines = [
        f"*#{goes.number}* {inline(goes.subject, 300)}",
        f"goes on in *#{stays.number}* {inline(stays.subject, 300)}",
    ]
    facts = [_comes_along(preview.brought)]
    if preview.other_conversation:
        facts.append("They stand in two conversations: what the customer writes in the other one goes on here, too.")
    if goes.due_at is not None:
        facts.append(f"Its due date, {words.moment(goes.due_at)}, does not come along.")
    facts.append("It can be undone at any time: *More*, *Part*.")
    return work_form(
        Form.MERGE_TICKETS,
        card,
        "Merge tickets",
        [section(mrkdwn("\n".join(lines))), section(mrkdwn("\n".join(facts)))],
        submit="Merge",
        beneath=beneath,
        **{
            OTHER: str(goes.id if is_this else stays.id),
            STAYS: _THIS if is_this else _OTHER,
            VERSIONS: f"{stays.version} {goes.version}",
        },
    )


def _comes_along(brought: Brought) -> str:
    named = (("message", brought.messages), ("comment", brought.comments), ("watcher", brought.watchers))
    counts = [words.count(len(each), name) for name, each in named if each]
    tags = [" ".join(code(each, 42) for each in brought.tags)] if brought.tags else []
    return f"Comes along: {', '.join([*counts, *tags]) or 'nothing that is not there already'}."
