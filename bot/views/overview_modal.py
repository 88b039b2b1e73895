"""All that can be done with a ticket, on one screen behind a card's More: what is so, and beside it what changes it."""

from datetime import datetime

from bot.intents import Form, Work
from bot.refs import Ref
from bot.submission import private_metadata
from bot.text import code, cut, inline, one_line, title
from bot.views import words
from bot.views.escalation import escalated
from bot.views.parts import actions, button, confirm, context, mrkdwn, option, plain, section
from bot.views.ticket_card import ref
from bot.wire import Json
from ticketing.collaboration.duplicates import Likely
from ticketing.collaboration.link import Linked
from ticketing.collaboration.overview import Overview
from ticketing.collaboration.watcher import Watcher
from ticketing.people.person import Team
from ticketing.tickets.card import TicketCard, TicketName

_MOST_NAMED = 6  # watchers, links
_MOST_LIKELY = 2  # the others are offered where one is chosen
_MOST_PARTED = 5
_DIVIDER: Json = {"type": "divider"}


def overview_modal(card: TicketCard, seen: Overview, *, now: datetime, said: str = "", drawn: str = "") -> Json:
    """`said`: why what was just pressed did not happen. `drawn` tells one drawing from another: in a menu of the same
    name Slack keeps what was chosen, though it was refused.
    """
    at = ref(card)
    blocks = [section(mrkdwn(f"*{inline(card.subject, 300) or 'No subject'}*")), context(mrkdwn(_about(card)))]
    if said:
        blocks.append(section(plain(f"⚠️ {cut(said, 1500)}")))
    if card.merged_into is not None:
        blocks.append(_merged_away(card, card.merged_into, at))
    elif card.discarded_by is not None:
        text = plain(f"🗑 It was no ticket ({cut(card.discarded_by, 60)}): it counts nowhere, and its card is one line.")
        blocks.append(section(text, accessory=button("Put back", Work.PUT_BACK, at.encode())))
    else:
        blocks += escalated(card.escalation) if card.escalation is not None else []
        blocks += [_at_once(card, seen, at), _DIVIDER, *_twins(seen, at), *_rows(card, seen, at, now, drawn)]
        blocks += [*_merging(seen, at), *(_absorbed(each, at) for each in seen.merged[:_MOST_PARTED])]
    return {
        "type": "modal",
        "callback_id": Form.OVERVIEW.value,
        "title": plain(f"Work on #{card.number}"[:24]),
        "close": plain("Done"),
        "private_metadata": private_metadata(at, card.number),
        "blocks": blocks,
    }


def _about(card: TicketCard) -> str:
    who = f"{inline(card.customer, 200) or 'unknown customer'} · {words.channel(card.channel)}"
    kind = f"{inline(card.type, 80)} · {inline(card.category, 80)}"
    return f"{who}  ·  {kind}"


def _row(head: str, text: str, accessory: Json) -> Json:
    return section(mrkdwn(f"*{head}*\n{text}"), accessory=accessory)


def _rows(card: TicketCard, seen: Overview, at: Ref, now: datetime, drawn: str) -> list[Json]:
    value = at.encode()
    status = f"{words.sign(card.status)} {inline(card.status.label, 80)}"
    return [
        _row("Status", status, button("Status…", Work.STATUS, value)),
        section(mrkdwn("*Priority*"), accessory=_priorities(card), block_id=at.encode(d=drawn)),
        _row("Assignee", inline(card.assignee or "", 200) or "_nobody yet_", button("Assign…", Work.ASSIGN, value)),
        _row("Team", inline(card.team or "", 200) or "_none_", button("Hand off…", Work.HAND_OFF, value)),
        _row("Owner", _owner(seen), button("Owner…", Work.OWNER, value)),
        _row("Due", _due(seen.ticket.due_at, now), button("Due date…", Work.DUE, value)),
        _row("Tags", " ".join(code(each, 42) for each in card.tags) or "_none_", button("Tags…", Work.TAGS, value)),
        _row("Watchers", _watchers(seen, card.watchers), button("Watchers…", Work.WATCHERS, value)),
        _row("Links", _links(seen, card.links), button("Links…", Work.LINKS, value)),
    ]


def _priorities(card: TicketCard) -> Json:
    options = [option(text, key.value) for key, text in words.PRIORITY.items()]
    return {
        "type": "static_select",
        "action_id": Work.PRIORITY.value,
        "placeholder": plain("Priority"),
        "options": options,
        "initial_option": next(each for each in options if each["value"] == card.priority.value),
    }


def _owner(seen: Overview) -> str:
    if seen.owner is None:
        return "_nobody: whoever has it answers for it_"
    return f"{'👥 ' if isinstance(seen.owner, Team) else ''}{inline(seen.owner.name, 200)}"


def _due(due: datetime | None, now: datetime) -> str:
    if due is None:
        return "_nothing promised_"
    return f"🔴 was promised for {words.moment(due)}" if due < now else f"🗓️ {words.moment(due)}"


def _watchers(seen: Overview, in_all: int) -> str:
    named = [watcher_name(each) for each in seen.watchers[:_MOST_NAMED]]
    return _and_more(", ".join(named), in_all - len(named)) or "_nobody_"


def watcher_name(watcher: Watcher) -> str:
    return f"{'👥 ' if watcher.is_team else ''}{inline(watcher.name, 120)}"


def _links(seen: Overview, in_all: int) -> str:
    lines = [link_line(each) for each in seen.links[:_MOST_NAMED]]
    return _and_more("\n".join(lines), in_all - len(lines)) or "_none_"


def link_line(linked: Linked) -> str:
    return f"{linked.words} *#{linked.number}* {inline(linked.subject, 160)}"


def _and_more(named: str, more: int) -> str:
    return f"{named} _and {more:,} more_" if more > 0 else named


def _twins(seen: Overview, at: Ref) -> list[Json]:
    """The best of those that are likely the same issue come first: whoever sees it need not go on."""
    rows = [_twin(each, at) for each in seen.likely[:_MOST_LIKELY]]
    return [*rows, _DIVIDER] if rows else []


def _merging(seen: Overview, at: Ref) -> list[Json]:
    """The way to merge with one that is not offered by itself."""
    alike = len(seen.likely)
    told = (
        f"{words.count(alike, 'ticket')} of this customer may be the same issue" if alike else "nothing looks like it"
    )
    return [_row("Duplicates", f"_{told}_", button("Merge…", Work.MERGE, at.encode()))]


def _twin(each: Likely, at: Ref) -> Json:
    other = each.ticket
    text = f"≈ *#{other.number}* {inline(other.subject, 200)}\n{inline(each.why, 200)}"
    return section(mrkdwn(text), accessory=button("Merge…", Work.MERGE, at.encode(o=str(other.id))))


def _absorbed(other: TicketName, at: Ref) -> Json:
    text = f"🔗 *#{other.number}* {inline(other.subject, 200)}\n_was merged into this one_"
    return section(mrkdwn(text), accessory=part_button(other, at))


def part_button(other: TicketName, at: Ref) -> Json:
    question = f"#{other.number} {one_line(other.subject)[:120]} is a ticket of its own again, as it was before."
    ask = confirm("Part these tickets?", title(question, 280), "Part")
    return button("Part", Work.PART, at.encode(o=str(other.id)), confirm=ask)


def _merged_away(card: TicketCard, into: int, at: Ref) -> Json:
    name = TicketName(card.ticket_id, card.number, card.subject)
    text = f"🔗 It was merged into *#{into}* and goes on there: everything is done with that one."
    return section(mrkdwn(text), accessory=part_button(name, at))


def _at_once(card: TicketCard, seen: Overview, at: Ref) -> Json:
    value = at.encode()
    back = [button("Hand back to the AI", Work.HAND_BACK, value)] if card.escalation is not None else []
    watch = button("Unwatch", Work.UNWATCH, value) if seen.watches else button("Watch", Work.WATCH, value)
    return actions(
        *back,
        watch,
        button("New ticket…", Work.NEW_TICKET, value),
        button("Run an action…", Work.ACTION, value),
        button("Not a ticket", Work.NOT_A_TICKET, value),
        button("Block sender…", Work.BLOCK, value),
    )
