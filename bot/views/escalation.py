"""Why people have a ticket that the AI had, and what they need to go on at once: one block wherever that is shown."""

from bot.text import inline
from bot.views import words
from bot.views.parts import context, mrkdwn, section
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


def escalated(escalation: Escalation, *, tone: bool = True, beside: Json | None = None) -> list[Json]:
    """Why first, then what to go on with. `tone`: with how the customer sounds, which stands nowhere beside it.
    `beside`: a button that leads to more of it.
    """
    head = f"🚨 *Handed to people* {words.moment(escalation.at)}: {reasons(escalation)}"
    about = context(mrkdwn("  ·  ".join(_about(escalation, tone=tone))))
    return [section(mrkdwn(head), accessory=beside), briefed(escalation.brief), about]


def briefed(brief: Brief, *, lately: bool = True) -> Json:
    """What is wanted, done and missing, and one step to take. `lately`: the customer's newest words stand nowhere
    beside it.
    """
    told = (
        ("Wants", inline(brief.wants, 600)),
        ("Lately", inline(brief.lately, 300) if lately else ""),
        ("Done", inline(" · ".join(brief.done), 500)),
        ("Missing", inline(" · ".join(brief.missing), 400) or "nothing"),
        ("Next", inline(brief.suggested, 400)),
    )
    return section(mrkdwn("\n".join(f"*{name}:* {said}" for name, said in told if said)))


def reasons(escalation: Escalation) -> str:
    """ "the customer is upset; nothing gets on"."""
    shown = [inline(each, _BECAUSE) for each in escalation.because[:_MOST]]
    more = len(escalation.because) - _MOST
    return f"{'; '.join(shown)}{f'; and {more} more' if more > 0 else ''}"


def _about(escalation: Escalation, *, tone: bool) -> list[str]:
    then, now = escalation.sentiment_then, escalation.sentiment
    told = [_WHOM[each] for each in _WHOM if each in escalation.notify]
    said = [f"told: {', '.join(told)}"] if told else []
    if tone and now is not None:
        sounded = words.SENTIMENT[now]
        said.append(f"{words.SENTIMENT[then]} → *{sounded}*" if then is not None and then is not now else sounded)
    return [*said, "the AI leaves it to people until somebody hands it back"]
