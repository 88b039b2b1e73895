"""What things are called in Slack: priorities, statuses, feelings, channels, and what became of a reply."""

from datetime import UTC, datetime

from core.messages import Delivery
from ticketing.conversations.window import NEVER
from ticketing.people.actor import AI, SYSTEM
from ticketing.playbook.lifecycle import Status, StatusCategory
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

_CHANNEL = {"whatsapp": "WhatsApp", "telegram": "Telegram", "email": "E-mail"}

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
    return _CHANNEL.get(name, name.capitalize())


def unreachable(name: str) -> str:
    """What is said of a customer who takes no messages on this channel."""
    return f"🚫 *has blocked us on {channel(name)}*, or is not there any more"


def answer_until(until: datetime) -> str:
    """Until when a customer can be answered freely, as each reader's own clock shows it."""
    if until == NEVER:
        return "⏳ only templates until the customer writes"
    utc = f"{until.astimezone(UTC):%Y-%m-%d %H:%M UTC}"
    return f"⏳ free to answer until <!date^{int(until.timestamp())}^{{date_short_pretty}}, {{time}}|{utc}>"


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
