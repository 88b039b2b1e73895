"""The lines of the home tab: a ticket and why it stands there, a conversation without a ticket, a request to decide."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.intents import Action
from bot.refs import ConversationRef, Ref, approval_value
from bot.text import inline
from bot.views import words
from bot.views.card_link import card_address, numbered
from bot.views.parts import actions, button, mrkdwn, section
from bot.wire import Json
from ticketing.home.home import AskedApproval
from ticketing.home.urgency import Placed, Reason, Urgency
from ticketing.home.work import WaitingConversation, Work
from ticketing.triage.suggestion import Priority

_EVIDENCE = 6  # fields
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def ticket_line(
    placed: Placed, now: datetime, site: str, *, mine: bool, whose: bool = False, pressable: bool = True
) -> Json:
    """`mine`: it is the reader's. `whose`: it may be anybody's, and says so. `pressable`: where buttons can be."""
    work = placed.work
    head = f"*{numbered(work.number, work.card, site)}* {inline(work.subject, 120) or 'no subject'}"
    facts = [why(placed.urgency, work, now), inline(work.customer, 80) or "unknown"]
    if work.priority in (Priority.URGENT, Priority.HIGH) and placed.urgency.reason is not Reason.URGENT:
        facts.append(words.PRIORITY[work.priority])
    if whose:
        facts.append(f"🙋 {inline(work.assignee, 80)}" if work.assignee else "_nobody has it_")
    lines = [head, " · ".join(facts)]
    if work.assignee is None and (handed := inline(work.why, 200)):
        lines.append(f"🤖 {handed}")
    return section(mrkdwn("\n".join(lines)), accessory=_press(work, mine=mine) if pressable else None)


def _press(work: Work, *, mine: bool) -> Json | None:
    value = Ref(work.ticket_id, work.conversation_id, work.version).encode()
    if mine:
        return button("Reply", Action.REPLY, value)
    return None if work.assignee else button("Claim", Action.CLAIM, value)


def conversation_line(waiting: WaitingConversation, now: datetime, site: str, *, pressable: bool = True) -> Json:
    name = f"*{inline(waiting.customer, 80) or 'unknown'}* on {words.channel(waiting.channel)}"
    if waiting.card and site:
        name += f" · <{card_address(waiting.card, site)}|open>"
    mine = waiting.assignee_id is not None
    said = inline(waiting.last_words, 160)
    whose = "you have it" if mine else "_nobody has it_"
    facts = f"💬 *has waited for {span(now - waiting.since)}* · {whose}"
    text = "\n".join([name, *([f"“{said}”"] if said else []), facts])
    value = ConversationRef(waiting.conversation_id, waiting.version).encode()
    press = button("Reply", Action.ANSWER, value) if mine else button("Claim", Action.CLAIM, value)
    return section(mrkdwn(text), accessory=press if pressable else None)


def approval_lines(asked: AskedApproval, site: str) -> list[Json]:
    """A request that waits for the reader, with what it takes to decide."""
    approval = asked.approval
    amount = f" · *{inline(approval.amount, 60)}*" if approval.amount else ""
    of = f"*{numbered(asked.number, asked.card, site)}* {inline(asked.subject, 100)}"
    since = words.moment(approval.requested_at)
    lines = [f"🔐 *{inline(approval.label, 120)}*{amount} · {of}"]
    lines.append(f"asked for by *{inline(approval.requester, 80)}*, {since} · {inline(approval.purpose, 120)}")
    if said := inline(approval.why, 300):
        lines.append(f"Why: “{said}”")
    facts = [f"{inline(name, 60)}: *{inline(value, 80) or 'none'}*" for name, value in approval.evidence[:_EVIDENCE]]
    if facts:
        lines.append(" · ".join(facts))
    if heard := inline(approval.last_words or "", 200):
        lines.append(f"Customer: “{heard}”")
    if approval.quorum > 1:
        lines.append(f"{approval.agreed} of {approval.quorum} have agreed")
    value = approval_value(approval.id)
    return [
        section(mrkdwn("\n".join(lines))),
        actions(
            button("Approve", Action.APPROVE, value, primary=True),
            button("Reject…", Action.REJECT, value),
            button("Ask…", Action.ASK, value),
        ),
    ]


def asked_line(asked: AskedApproval, now: datetime, site: str) -> str:
    """The reader's own request, in a line."""
    approval = asked.approval
    amount = f" · {inline(approval.amount, 60)}" if approval.amount else ""
    waits = f"waits for {inline(approval.who, 120)}, for {span(now - approval.requested_at)}"
    return f"🔐 *{numbered(asked.number, asked.card, site)}* {inline(approval.label, 100)}{amount} · {waits}"


def why(urgency: Urgency, work: Work, now: datetime) -> str:
    """The reason for a ticket's place, in words."""
    return _WHY[urgency.reason](urgency, work, now)


def span(length: timedelta) -> str:
    """ "20 min", "5 h", "3 days"."""
    if length < _MINUTE:
        return "less than a minute"
    if length < _HOUR:
        return f"{length // _MINUTE} min"
    return f"{length // _HOUR} h" if length < 2 * _DAY else f"{length // _DAY:,} days"


def _late(urgency: Urgency, _: Work, now: datetime) -> str:
    return f"🔴 *{_clock(urgency)} late by {span(now - urgency.at)}*"


def _at_risk(urgency: Urgency, _: Work, now: datetime) -> str:
    return f"⚠️ *{_clock(urgency)} due in {span(urgency.at - now)}*"


def _clock(urgency: Urgency) -> str:
    return words.CLOCK[urgency.clock] if urgency.clock else "Promise"


def _in_hand(_: Urgency, work: Work, now: datetime) -> str:
    since = span(now - work.status_since)
    return f"{words.sign(work.status)} {inline(work.status.label, 60)} for {since}"


_WHY: Mapping[Reason, Callable[[Urgency, Work, datetime], str]] = {
    Reason.LATE: _late,
    Reason.OVERDUE: lambda urgency, _, now: f"🔴 *due date passed {span(now - urgency.at)} ago*",
    Reason.UNDELIVERED: lambda *_: "❗ *the last reply may not have arrived*",
    Reason.AT_RISK: _at_risk,
    Reason.WAITS: lambda urgency, _, now: f"💬 *customer wrote {span(now - urgency.at)} ago*, waits for an answer",
    Reason.URGENT: lambda *_: "🔥 *urgent*",
    Reason.DUE_SOON: lambda urgency, *_: f"📅 *due {words.moment(urgency.at)}*",
    Reason.IN_HAND: _in_hand,
    Reason.APPROVAL: lambda urgency, _, now: f"🔐 waits for an approval for {span(now - urgency.at)}",
    Reason.PENDING: _in_hand,
}
