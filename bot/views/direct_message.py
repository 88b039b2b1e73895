"""What one person is told by themselves about a ticket: why they are told, how it stands, and what they can do."""

from bot.intents import Action
from bot.refs import Ref
from bot.text import cut, inline, one_line, prose
from bot.views import words
from bot.views.approval_entry import approval_entry
from bot.views.autonomy import moved_view
from bot.views.card_link import numbered
from bot.views.escalation import briefed, reasons
from bot.views.parts import actions, button, context, mrkdwn, plain, section
from bot.wire import Json
from ticketing.approvals.approval import ApprovalState, Verdict
from ticketing.approvals.shown import ShownApproval
from ticketing.direct_messages.direct_message import Kind
from ticketing.direct_messages.shown import Move, News, Told
from ticketing.escalation.escalation import Escalation
from ticketing.tickets.card import TicketCard

_QUOTED = 1500  # characters of a comment
_SAID = 500  # … and of what the customer said


def direct_message(told: Told, *, site: str) -> tuple[str, list[Json]]:
    """Fallback text, and blocks. `site`: of the workspace, to lead to the ticket's thread."""
    match told.owed.kind:
        case Kind.MENTIONED:
            return _mention(told, site)
        case Kind.WATCHED:
            return _news(told, site)
        case Kind.ESCALATED:
            assert told.escalation is not None
            return _escalation(told.card, told.escalation, site)
        case Kind.AUTONOMY:
            assert told.move is not None
            return moved_view(told.move)
        case Kind.APPROVAL:
            assert told.approval is not None
            return asked_of_you(told.card, told.approval, site=site)
        case _:
            return _assignment(told, site)


def _assignment(told: Told, site: str) -> tuple[str, list[Json]]:
    card, given = told.card, told.assignment
    by = given.by if given else ""
    blocks = [section(mrkdwn(f"👉 {_who(by)} assigned {_ticket(card, site)} to you"))]
    if given is not None and (note := prose(given.note, _SAID)):
        blocks.append(section(plain(f"“{note}”")))
    blocks += [*_standing(card), *_customer(card), _buttons(card, Action.REPLY, Action.STATUS, Action.COMMENT)]
    return f"{_plain(by)} assigned {_named(card)} to you", blocks


def _escalation(card: TicketCard, escalation: Escalation, site: str) -> tuple[str, list[Json]]:
    """With all that somebody needs to take it up just now."""
    said = f"🚨 {_ticket(card, site)} was handed to people: {reasons(escalation)}"
    blocks = [
        section(mrkdwn(said)),
        briefed(escalation.brief, lately=not card.last_words),
        *_standing(card),
        *_customer(card),
    ]
    first = () if card.assignee else (Action.CLAIM,)
    offered = (*first, Action.REPLY, Action.STATUS, Action.COMMENT)
    return f"{_named(card)} was handed to people", [*blocks, _buttons(card, *offered)]


def _mention(told: Told, site: str) -> tuple[str, list[Json]]:
    """With all that somebody needs who has never seen the ticket."""
    card, remark = told.card, told.remark
    by = remark.by if remark else ""
    blocks = [section(mrkdwn(f"💬 {_who(by)} mentioned you in {_ticket(card, site)}"))]
    if remark is not None and (said := prose(remark.text, _QUOTED)):
        blocks.append(section(plain(said)))
    blocks.append({"type": "divider"})
    if card.understanding is not None and (about := prose(card.understanding.summary, 900)):
        blocks.append(section(plain(f"What it is about: {about}")))
    blocks += [*_standing(card), *_customer(card)]
    blocks += [context(mrkdwn(_decision(each))) for each in told.decided]
    claim = () if card.assignee else (Action.CLAIM,)
    blocks.append(_buttons(card, Action.COMMENT, Action.REPLY, *claim))
    return f"{_plain(by)} mentioned you in {_named(card)}", blocks


def _news(told: Told, site: str) -> tuple[str, list[Json]]:
    card, news = told.card, told.news or News(0, "", ())
    blocks = [section(mrkdwn(f"👀 News of {_ticket(card, site)}, which you watch"))]
    if news.moves:
        blocks.append(section(mrkdwn("\n".join(_move(each) for each in news.moves))))
    if news.messages:
        who = inline(card.customer, 120) or "The customer"
        blocks.append(section(mrkdwn(f"*{who}* wrote {words.count(news.messages, 'message')}:")))
        blocks.append(section(plain(f"“{prose(news.words, _SAID) or '📎'}”")))
    blocks += _standing(card)
    if card.status.category.is_live:
        blocks.append(_buttons(card, Action.COMMENT, Action.REPLY))
    return f"News of {_named(card)}", blocks


def asked_of_you(card: TicketCard, asked: ShownApproval, *, site: str) -> tuple[str, list[Json]]:
    """The request as it stands in the thread. As long as it waits, its buttons decide here, too."""
    text, blocks = approval_entry(asked)
    are = "are" if asked.state is ApprovalState.WAITING else "were"
    return f"{text} ({_named(card)})", [section(mrkdwn(f"You {are} asked about {_ticket(card, site)}")), *blocks]


def _ticket(card: TicketCard, site: str) -> str:
    """ "*#12* Broken mug", leading to its thread."""
    return f"*{numbered(card.number, card.place, site)}* {inline(card.subject, 150)}"


def _named(card: TicketCard) -> str:
    return f"#{card.number} {_plain(card.subject, 150)}"


def _who(name: str) -> str:
    return f"*{inline(name, 120) or 'Somebody'}*"


def _plain(text: str, most: int = 120) -> str:
    return cut(one_line(text), most) or "Somebody"


def _standing(card: TicketCard) -> list[Json]:
    """Where it stands, who has it, and what is promised."""
    where = f"<#{card.place[0]}>" if card.place else ""
    facts = (
        words.PRIORITY[card.priority],
        f"{words.sign(card.status)} {inline(card.status.label, 80)}",
        f"{inline(card.type, 80)}",
        inline(card.assignee, 120) if card.assignee else "_nobody has it yet_",
        where,
    )
    elements = [mrkdwn("  ·  ".join(each for each in facts if each))]
    return [context(*elements, *(mrkdwn(words.clock(each)) for each in card.clocks))]


def _customer(card: TicketCard) -> list[Json]:
    """Who the customer is, and what they said last."""
    tier = f" · {inline(card.tier, 60)}" if card.tier else ""
    who = f"*{inline(card.customer, 200) or 'The customer'}*{tier} · {words.channel(card.channel)}"
    said = prose(card.last_words or "", _SAID)
    return [context(mrkdwn(who)), *([section(plain(f"“{said}”"))] if said else [])]


def _move(each: Move) -> str:
    by = "" if each.by in words.AUTOMATIC else f" · {inline(each.by, 120)}"
    return f"{inline(each.origin, 80)} → *{inline(each.to, 80)}*{by}"


def _decision(asked: ShownApproval) -> str:
    said = asked.decisions[-1] if asked.decisions else None
    did = "approved" if said is None or said.verdict is Verdict.APPROVE else "rejected"
    by = f" by {inline(said.name, 120)}" if said else ""
    amount = f", {inline(asked.amount, 60)}" if asked.amount else ""
    reason = f": “{inline(said.reason, 300)}”" if said is not None and said.reason else ""
    return f"⚖️ *{inline(asked.label, 200)}*{amount} was {did}{by}{reason}"


_LABEL = {
    Action.REPLY: "Reply",
    Action.STATUS: "Status",
    Action.COMMENT: "Comment",
    Action.CLAIM: "Claim",
}


def _buttons(card: TicketCard, first: Action, *more: Action) -> Json:
    value = Ref(card.ticket_id, card.conversation_id, card.version).encode()
    return actions(
        button(_LABEL[first], first, value, primary=True), *(button(_LABEL[each], each, value) for each in more)
    )
