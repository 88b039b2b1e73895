"""Why people have a ticket that the AI had, and what they need to go on at once: one block wherever that is shown."""

from bot.text import inline, prose
from bot.views import words
from bot.views.parts import context, mrkdwn, plain, section
from bot.wire import Json
from ticketing.escalation.brief import Brief
from ticketing.escalation.escalation import Escalation
from ticketing.playbook.sla_policy import Audience

_BECAUSE, _MOST = 160, 4  # characters of one reason, reasons
_WHOM = {
    Audience.ASSIGNEE: "its assignee",
    Audience.SUPERVISOR: "the supervisors of its team",
    Audience.TEAM: "its team",
}


def escalated(escalation: Escalation) -> list[Json]:
    """Why first, then what to go on with."""
    head = f"🚨 *Handed to people* {words.moment(escalation.at)}: {reasons(escalation)}"
    return [section(mrkdwn(head)), *briefed(escalation.brief), context(mrkdwn("  ·  ".join(_about(escalation))))]


def briefed(brief: Brief) -> list[Json]:
    """What is wanted, in the words that the AI made of the customer's; then what people need to know of it."""
    wants = prose(brief.wants, 600)
    lately = prose(brief.lately, 300)
    said = [f"Wants: {wants}"] if wants else []
    said += [f"Lately: {lately}"] if lately else []
    lines = [f"*Done:* {inline(' · '.join(brief.done), 500)}"] if brief.done else []
    lines.append(f"*Missing:* {inline(' · '.join(brief.missing), 400)}" if brief.missing else "*Missing:* nothing")
    lines.append(f"*Next:* {inline(brief.suggested, 400)}")
    return [*([section(plain("\n".join(said)))] if said else []), section(mrkdwn("\n".join(lines)))]


def reasons(escalation: Escalation) -> str:
    """ "the customer is upset; nothing gets on"."""
    shown = [inline(each, _BECAUSE) for each in escalation.because[:_MOST]]
    more = len(escalation.because) - _MOST
    return f"{'; '.join(shown)}{f'; and {more} more' if more > 0 else ''}"


def _about(escalation: Escalation) -> list[str]:
    then, now = escalation.sentiment_then, escalation.sentiment
    told = [_WHOM[each] for each in _WHOM if each in escalation.notify]
    said = [f"told: {', '.join(told)}"] if told else []
    if now is not None:
        sounded = words.SENTIMENT[now]
        said.append(f"{words.SENTIMENT[then]} → *{sounded}*" if then is not None and then is not now else sounded)
    return [*said, "the AI leaves it to people until somebody hands it back"]
