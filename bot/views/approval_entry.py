"""A request for approval in a ticket's thread: the evidence and the buttons; what became of it tells who asked."""

from collections.abc import Iterable

from bot.intents import Action
from bot.refs import approval_value
from bot.text import inline, prose, size
from bot.views.parts import SECTION, actions, button, context, day_and_time, mrkdwn, plain, section
from bot.views.run_words import fact_line, rule_lines
from bot.wire import Json
from ticketing.approvals.approval import ApprovalState, Decision, Verdict
from ticketing.approvals.shown import Evidence, ShownApproval

_MENTIONED = 10  # people at once
_EVIDENCE = 20  # fields
_FOUND = 2000  # characters of what the AI found out: a whole post has 13,000
_SIGN = {
    ApprovalState.WAITING: "🔐",
    ApprovalState.APPROVED: "✅",
    ApprovalState.USED: "✅",
    ApprovalState.REJECTED: "⛔",
    ApprovalState.EXPIRED: "⌛",
    ApprovalState.VOID: "🚫",
}
_HEAD = {
    ApprovalState.WAITING: "Approval needed",
    ApprovalState.APPROVED: "Approved",
    ApprovalState.USED: "Approved",
    ApprovalState.REJECTED: "Rejected",
    ApprovalState.EXPIRED: "Expired",
    ApprovalState.VOID: "Void",
}


def approval_entry(asked: ShownApproval) -> tuple[str, list[Json]]:
    """The request, with buttons for as long as it waits."""
    waits = asked.state is ApprovalState.WAITING
    label = inline(asked.label, 200)
    what = _HEAD[asked.state]
    anew = " once more" if asked.repeated else ""
    head = f"{_SIGN[asked.state]} *{what}: {label}*\nasked for{anew} by *{inline(asked.requester, 120)}*"
    blocks = [section(mrkdwn(head)), *(section(mrkdwn(text)) for text in in_sections(facts_of(asked)))]
    if why := prose(_why(asked), SECTION - 10):
        blocks.append(section(plain(f"Why: {why}")))
    if asked.found is not None:
        blocks += evidence(asked.found)
    if waits:
        blocks.append(context(mrkdwn(_whom(asked))))
    blocks += [context(mrkdwn(_said(each))) for each in asked.decisions]
    if asked.state in (ApprovalState.VOID, ApprovalState.EXPIRED):
        blocks.append(context(mrkdwn(_ended(asked))))
    if waits:
        value = approval_value(asked.id)
        blocks.append(
            actions(
                button("Approve", Action.APPROVE, value, primary=True),
                button("Reject…", Action.REJECT, value),
                button("Ask…", Action.ASK, value),
            )
        )
    return f"{what}: {label}", blocks


def _why(asked: ShownApproval) -> str:
    """Where the AI asks, a rule says why, and stands below with all the others."""
    said = asked.found is not None and any(each.because in asked.why for each in asked.found.rules if not each.held)
    return "" if said else asked.why


def evidence(found: Evidence) -> list[Json]:
    """What the AI found out before it asked: what asks, the rules that hold, and the facts that they looked at."""
    rules = rule_lines(found.rules)
    lines = [*(["*The rules of the playbook:*", *rules] if rules else [])]
    lines += ["*What they looked at:*", *map(fact_line, found.facts)] if found.facts else []
    fitting = [line for at, line in enumerate(lines) if sum(size(each) + 1 for each in lines[: at + 1]) < _FOUND]
    return [section(mrkdwn("\n".join(fitting)))] if fitting else []


def outcome_entry(asked: ShownApproval) -> tuple[str, list[Json]]:
    """What became of it, for who asked."""
    whom = f"<@{asked.requester_slack}>" if asked.requester_slack else f"*{inline(asked.requester, 120)}*"
    words = f"{_SIGN[asked.state]} {whom}: “{inline(asked.label, 200)}” {_became(asked)}"
    return words, [section(mrkdwn(words))]


def _became(asked: ShownApproval) -> str:
    because = inline(asked.because or "", 500)
    names = " and ".join(inline(each.name, 120) for each in asked.decisions)
    if asked.state is ApprovalState.REJECTED:
        return f"was rejected by *{names}*: {inline(asked.decisions[-1].reason, 500)}"
    if asked.state in (ApprovalState.VOID, ApprovalState.EXPIRED):
        return f"is {_HEAD[asked.state].lower()}: {because}."
    if asked.followed:
        return f"was approved by *{names}*. The ticket went on: {inline(asked.purpose, 200)}."
    if because:
        return f"was approved by *{names}*, but could not follow by itself: {because}"
    return f"was approved by *{names}*."


def facts_of(asked: ShownApproval) -> list[str]:
    """What is asked for, in lines."""
    facts = [f"*For:* {inline(asked.purpose, 200)}"]
    if asked.amount is not None:
        facts.append(f"*Amount:* {inline(asked.amount, 60)}")
    facts += [f"*{inline(name, 60)}:* {inline(value, 100) or 'none'}" for name, value in asked.evidence[:_EVIDENCE]]
    if more := len(asked.evidence[_EVIDENCE:]):
        facts.append(f"… and {more} more: *Fields* on the card shows them")
    if said := inline(asked.last_words or "", 300):
        facts.append(f"*Customer:* “{said}”")
    return facts


def in_sections(lines: Iterable[str]) -> list[str]:
    """Texts of sections: as many lines in each as Slack takes."""
    found = [""]
    for line in lines:
        if size(found[-1]) + size(line) >= SECTION:
            found.append("")
        found[-1] += f"\n{line}" if found[-1] else line
    return found


def _whom(asked: ShownApproval) -> str:
    mentioned = " ".join(f"<@{user}>" for user in asked.asked[:_MENTIONED])
    needed = f"{asked.agreed} of {asked.quorum} have agreed" if asked.quorum > 1 else "one has to agree"
    until = f" · until {day_and_time(asked.expires_at)}" if asked.expires_at else ""
    whom = f"{mentioned} for" if mentioned else "For"
    return f"{whom} {inline(asked.who, 300)} · {needed}{until}"


def _said(each: Decision) -> str:
    behalf = f" for {inline(each.on_behalf_of, 120)}" if each.on_behalf_of else ""
    did = "approved" if each.verdict is Verdict.APPROVE else "rejected"
    reason = f": “{inline(each.reason, 500)}”" if each.reason else ""
    return f"*{inline(each.name, 120)}*{behalf} {did} {day_and_time(each.at)}{reason}"


def _ended(asked: ShownApproval) -> str:
    when = f" · {day_and_time(asked.settled_at)}" if asked.settled_at else ""
    return f"{inline(asked.because or '', 500)}{when}"
