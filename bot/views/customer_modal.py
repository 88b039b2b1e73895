"""A customer on one screen: who they are on each channel, what is known, their tickets, and what was last said."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.intents import Action
from bot.refs import CustomerRef
from bot.text import inline, one_line, title
from bot.views import words
from bot.views.parts import HEADER, actions, button, confirm, context, mrkdwn, plain, section
from bot.wire import Json
from ticketing.conversations.conversation import Direction, State
from ticketing.customers.attributes import OWN, as_typed, attributes_of
from ticketing.customers.customer import Customer, Identity
from ticketing.customers.profile import (
    PastMerge,
    Profile,
    ProfileConversation,
    ProfileTicket,
    TimelineMessage,
    standing,
)

_MOST_LINES = 10
_MOST_OWN = 20
_MOST_PARTED = 5  # merges that can be undone here


def customer_modal(profile: Profile, *, now: datetime) -> Json:
    """Customers' words stand in it escaped, and cut to a line."""
    customer = profile.customer
    ref = CustomerRef(customer.id, customer.version).encode()
    blocks: list[Json] = [
        {"type": "header", "text": plain(title(customer.name, HEADER))},
        context(mrkdwn(_facts(customer, now))),
        section(mrkdwn(_lines("Channels", [_identity(each) for each in profile.identities], "none"))),
    ]
    if own := _own(customer):
        blocks.append(section(mrkdwn(own)))
    blocks += [
        section(mrkdwn(_lines("Open tickets", [_ticket(each) for each in profile.open_tickets], "none"))),
        *_settled(profile),
        *_conversations(profile.conversations),
        section(mrkdwn(_lines("Last messages", [_message(each) for each in profile.messages], "none"))),
        *[_merge(each, customer) for each in standing(profile.merges)[:_MOST_PARTED]],
        actions(button("Edit…", Action.EDIT_CUSTOMER, ref), button("Merge…", Action.MERGE_CUSTOMER, ref)),
    ]
    return {"type": "modal", "title": plain("Customer"), "close": plain("Close"), "blocks": blocks}


def local_time(zone: str | None, now: datetime) -> str | None:
    """What the clock says where they are, e.g. "Mon 18:05"; None where nobody knows."""
    try:
        return f"{now.astimezone(ZoneInfo(zone)):%a %H:%M}" if zone else None
    except (KeyError, ValueError, OSError):  # a zone that this machine has no more
        return None


def _facts(customer: Customer, now: datetime) -> str:
    facts = [f"*{inline(customer.tier, 120)}*"] if customer.tier else ["_no tier_"]
    facts.append(f"speaks {inline(customer.language, 40)}" if customer.language else "language not known")
    if customer.time_zone and (clock := local_time(customer.time_zone, now)):
        facts.append(f"🕑 {clock} there ({inline(customer.time_zone, 80)})")
    facts.append(f"customer since {_date(customer.created_at)}")
    return " · ".join(facts)


def _lines(head: str, lines: list[str], nothing: str) -> str:
    return f"*{head}*\n" + ("\n".join(lines[:_MOST_LINES]) if lines else f"_{nothing}_")


def _identity(identity: Identity) -> str:
    marks = [f"{words.channel(identity.channel)} · {inline(identity.address, 100)}"]
    if identity.phone:
        same = identity.phone == identity.address
        marks.append("✓ verified" if same else f"✓ {inline(identity.phone, 40)} verified")
    if identity.blocked:
        marks.append("🚫 blocked")
    return " · ".join(marks)


def _own(customer: Customer) -> str:
    pairs = [(name.removeprefix(OWN), value) for name, value in attributes_of(customer).items() if name.startswith(OWN)]
    lines = [f"{inline(name, 60)}: {inline(as_typed(value), 60)}" for name, value in pairs[:_MOST_OWN]]
    if len(pairs) > _MOST_OWN:
        lines.append(f"_and {len(pairs) - _MOST_OWN} more: Edit… shows them_")
    return "\n".join(["*Attributes*", *lines]) if lines else ""


def _ticket(ticket: ProfileTicket) -> str:
    who = inline(ticket.assignee, 60) if ticket.assignee else "nobody yet"
    status = f"{words.sign(ticket.status)} {inline(ticket.status.label, 40)}"
    return f"#{ticket.number} {inline(ticket.subject, 110)} · {status} · {who}"


def _settled(profile: Profile) -> list[Json]:
    """The newest tickets that need nobody any more."""
    open_ones = {each.id for each in profile.open_tickets}
    settled = [_ticket(each) for each in profile.newest_tickets if each.id not in open_ones]
    return [section(mrkdwn(_lines("Earlier tickets", settled[:5], "none")))] if settled else []


_STATE = {State.OPEN: "open", State.SNOOZED: "💤 snoozed", State.RESOLVED: "✅ resolved"}


def _conversations(conversations: tuple[ProfileConversation, ...]) -> list[Json]:
    """Where there are several: the messages below are of all of them."""
    if len(conversations) < 2:
        return []
    lines = [
        f"{words.channel(each.channel)} · our {inline(each.account, 60)} · {_STATE[each.state]}"
        + (f" · {_date(each.last_at)}" if each.last_at else "")
        for each in conversations
    ]
    return [section(mrkdwn(_lines("Conversations", lines, "none")))]


def _message(message: TimelineMessage) -> str:
    ours = message.direction is Direction.OUTBOUND
    said = inline(message.text, 160) or "_(no text)_"
    state = f" · {words.delivery(message.delivery)}" if ours else ""
    return f"{_who(message)} {said} · {words.channel(message.channel)}{state} · {_date(message.at)}"


def _who(message: TimelineMessage) -> str:
    if message.direction is Direction.OUTBOUND:
        return f"📤 *{inline(message.author or 'Threadline', 60)}*"
    return f"📥 *{inline(message.author, 60)}*" if message.author else "📥"


_WHY = {"agent": "", "phone": ": same number", "email": ": same e-mail"}


def _merge(merge: PastMerge, customer: Customer) -> Json:
    text = f"🔗 {inline(merge.absorbed, 120)} merged in by {inline(merge.by_name, 80)}{_WHY[merge.reason]}"
    value = CustomerRef(customer.id, customer.version, merge.id).encode()
    name = one_line(merge.absorbed)[:80]
    ask = confirm(
        "Undo this merge?",
        title(
            f"{name} is a customer of their own again, with the addresses, conversations and tickets that came along.",
            280,
        ),
        "Undo",
    )
    undo = button("Undo merge", Action.PART_CUSTOMERS, value, confirm=ask)
    return section(mrkdwn(f"{text} · {_date(merge.at)}"), accessory=undo)


def _date(at: datetime) -> str:
    """An instant as each reader's own clock shows it."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}}, {{time}}|{at:%Y-%m-%d %H:%M} UTC>"
