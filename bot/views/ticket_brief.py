"""A ticket shown to one person, anywhere in Slack: what matters of its card, and the buttons of every day."""

from bot.intents import Action
from bot.text import inline, prose
from bot.views import words
from bot.views.card_link import numbered
from bot.views.parts import actions, button, context, mrkdwn, plain, section
from bot.views.ticket_card import ref, take_over_button
from bot.wire import Json
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.tickets.card import TicketCard

_BLOCK = "brief:"


def ticket_brief(card: TicketCard, *, site: str, link: str) -> list[Json]:
    """`site`: of the workspace, to lead to the card. `link`: the lasting address, to hand on."""
    blocks = [section(mrkdwn("\n".join((_head(card, site), _facts(card)))))]
    if card.discarded_by is not None or card.merged_into is not None:
        return blocks
    if card.clocks:
        blocks.append(context(*(mrkdwn(words.clock(each)) for each in card.clocks)))
    if said := _said(card):
        blocks.append(section(plain(said)))
    blocks.append(context(*(mrkdwn(each) for each in (*_remarks(card), f"🔗 <{link}|link to hand on>"))))
    if offered := _buttons(card):
        blocks.append({**actions(*offered), "block_id": f"{_BLOCK}{card.number}:{card.version}"})
    return blocks


def ticket_unfurl(card: TicketCard, *, site: str) -> list[Json]:
    """Below a link to it, for all who read that channel: nothing of the customer, so no subject: it is their words."""
    blocks = [
        section(mrkdwn(f"{words.sign(card.status)} *{numbered(card.number, card.place, site)}*\n{_standing(card)}"))
    ]
    if card.clocks and card.discarded_by is None and card.merged_into is None:
        blocks.append(context(*(mrkdwn(words.clock(each)) for each in card.clocks)))
    return blocks


def is_brief(block: str) -> bool:
    """Whether a button stands on one of these, by the name of its block."""
    return block.startswith(_BLOCK)


def brief_line(card: TicketCard) -> str:
    """Of what one person is shown, for notifications."""
    return f"#{card.number} {inline(card.subject, 160)}"


def _head(card: TicketCard, site: str) -> str:
    return f"{words.sign(card.status)} *{numbered(card.number, card.place, site)} {inline(card.subject, 160)}*"


def _standing(card: TicketCard) -> str:
    if card.discarded_by is not None:
        return f"was no ticket ({inline(card.discarded_by, 80)})"
    if card.merged_into is not None:
        return f"was merged into #{card.merged_into} and goes on there"
    who = inline(card.assignee, 80) if card.assignee else "_nobody yet_"
    kind = f"{inline(card.type, 60)}, {inline(card.category, 60)}"
    return " · ".join([words.PRIORITY[card.priority], inline(card.status.label, 60), kind, who])


def _facts(card: TicketCard) -> str:
    if card.discarded_by is not None or card.merged_into is not None:
        return _standing(card)
    customer = f"{inline(card.customer, 80) or 'unknown'} · {words.channel(card.channel)}"
    return f"{_standing(card)}\n{customer} · opened {words.moment(card.opened_at)}"


def _said(card: TicketCard) -> str:
    """What it is about, in the AI's words, else in the customer's."""
    summary = card.understanding.summary if card.understanding else ""
    return prose(summary or card.description or card.last_words or "", 600)


def _remarks(card: TicketCard) -> list[str]:
    """What stands on the card and needs somebody."""
    remarks = []
    if card.waiting is not None:
        remarks.append(f"🔐 Waits for approval: {inline(card.waiting.label, 120)}")
    if card.trouble is not None:
        remarks.append("⚠️ The last reply may not have arrived: its card says what to do.")
    if card.unreachable_since is not None:
        remarks.append(words.unreachable(card.channel))
    elif card.answer_until is not None:
        remarks.append(words.answer_until(card.answer_until))
    return remarks


def _buttons(card: TicketCard) -> list[Json]:
    value = ref(card).encode()
    status = button("Status", Action.STATUS, value)
    more = button("More…", Action.WORK, value)
    if not card.status.category.is_live:
        return [status, more] if card.status.category is StatusCategory.RESOLVED else [more]
    claim = (
        take_over_button(card.assignee, value) if card.assignee else button("Claim", Action.CLAIM, value, primary=True)
    )
    return [claim, button("Reply", Action.REPLY, value, primary=card.assignee is not None), status, more]
