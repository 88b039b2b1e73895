"""What things are called in Slack: priorities, statuses, feelings, channels, and what became of a reply."""

from datetime import UTC, datetime, timedelta

from core.messages import Delivery
from sla.clock import Kind, State
from ticketing.conversations.window import NEVER
from ticketing.people.actor import AI, SYSTEM
from ticketing.playbook.lifecycle import Status, StatusCategory
from ticketing.sla.shown import ShownClock
from ticketing.surveys.survey import BEST, LOW
from ticketing.triage.suggestion import Priority, Sentiment

PRIORITY = {
    Priority.URGENT: "🔴 Urgent",
    Priority.HIGH: "🟠 High",
    Priority.NORMAL: "🔵 Normal",
    Priority.LOW: "⚪ Low",
}

_STATUS = {
    StatusCategory.OPEN: "🆕",
    StatusCategory.ACTIVE: "▶️",
    StatusCategory.PENDING: "⏳",
    StatusCategory.RESOLVED: "✅",
    StatusCategory.CLOSED: "🔒",
}

SENTIMENT = {
    Sentiment.SATISFIED: "🙂 satisfied",
    Sentiment.NEUTRAL: "😐 neutral",
    Sentiment.FRUSTRATED: "😕 frustrated",
    Sentiment.UPSET: "😠 upset",
}

# Who acts by itself: a line need not name them.
AUTOMATIC = frozenset({None, AI.name, SYSTEM.name})

CHANNELS = {"whatsapp": "WhatsApp", "telegram": "Telegram", "email": "E-mail"}

_DELIVERY = {
    Delivery.PENDING: "sending in a moment",
    Delivery.SENDING: "sending…",
    Delivery.SENT: "✓ sent",
    Delivery.DELIVERED: "✓✓ delivered",
    Delivery.READ: "✓✓ read",
    Delivery.UNKNOWN: "❓ unknown",
    Delivery.FAILED: "⚠️ failed",
    Delivery.WITHDRAWN: "↩️ withdrawn before it was sent",
}

WAITING = "waiting to be sent"  # pending, and something is in its way


def sign(status: Status) -> str:
    """The emoji of a status, by what it means and not by its name."""
    return _STATUS[status.category]


def channel(name: str) -> str:
    return CHANNELS.get(name, name.capitalize())


def unreachable(name: str) -> str:
    """What is said of a customer who takes no messages on this channel."""
    if name == "email":
        return "🚫 *mail to them comes back*: their address takes none"
    return f"🚫 *has blocked us on {channel(name)}*, or is not there any more"


def answer_until(until: datetime) -> str:
    """Until when a customer can be answered freely, as each reader's own clock shows it."""
    if until == NEVER:
        return "⏳ only templates until the customer writes"
    return f"⏳ free to answer until {moment(until)}, then by template"


CLOCK = {
    Kind.FIRST_RESPONSE: "First response",
    Kind.NEXT_RESPONSE: "Next response",
    Kind.RESOLUTION: "Resolution",
}


def clock(shown: ShownClock) -> str:
    """What became of a promise so far. The times are those of each reader, so they stay true without redrawing."""
    name = CLOCK[shown.kind]
    if shown.state is State.PAUSED or shown.due_at is None:
        return f"⏸️ {name} paused"
    if shown.state is State.BREACHED:
        return f"🔴 *{name} was due {moment(shown.due_at)}*"
    if shown.state is State.AT_RISK:
        return f"⚠️ *{name} due {moment(shown.due_at)}*"
    return f"⏱️ {name} due {moment(shown.due_at)}"


def moment(at: datetime) -> str:
    """Day and time as each reader's own clock shows them, in mrkdwn."""
    utc = f"{at.astimezone(UTC):%Y-%m-%d %H:%M UTC}"
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}}, {{time}}|{utc}>"


def length(time: timedelta) -> str:
    """ "1 h 20 min"; "less than a minute"."""
    hours, minutes = divmod(int(time.total_seconds()) // 60, 60)
    parts = [f"{count:,} {unit}" for count, unit in ((hours, "h"), (minutes, "min")) if count]
    return " ".join(parts) or "less than a minute"


def age(time: timedelta) -> str:
    """ "5 min", "3 h", "2 days": as much as a list has room for."""
    minutes = max(int(time.total_seconds()) // 60, 0)
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else count(hours // 24, "day")


def rating(score: int) -> str:
    """How the customer rated us; a low one stands out."""
    return f"{'⚠️' if score <= LOW else '⭐'} rated {score}/{BEST}"


def delivery(state: Delivery) -> str:
    return _DELIVERY[state]


def delivery_of(state: Delivery, error: str | None) -> str:
    """The same of a reply with what is in its way, if anything is."""
    return WAITING if state is Delivery.PENDING and error else delivery(state)


def count(number: int, thing: str) -> str:
    """ "1 comment", "2 comments"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
