"""The light card: a conversation that people should answer and no ticket carries. One line once that is done."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.intents import Action, Choice
from bot.refs import ConversationRef, message_value
from bot.text import cut, inline, prose, title, visible
from bot.views import mail, words
from bot.views.files import few_lines, label, newest_picture, summary
from bot.views.match import joined, kept_apart, match_blocks
from bot.views.parts import HEADER, actions, button, context, mrkdwn, option, overflow, plain, section
from bot.views.remedies import remedies
from bot.views.ticket_card import take_over_button
from bot.wire import Json
from core.messages import Delivery
from ticketing.conversations.conversation import State
from ticketing.conversations.light_card import LastReply, LightCard

_TOLD_WHY = frozenset({Delivery.FAILED, Delivery.UNKNOWN, Delivery.PENDING})
_WORDLESS = "(A message without text.)"

_CHOICES = {
    Choice.SNOOZE_HOUR: "Snooze for 1 hour",
    Choice.SNOOZE_TOMORROW: "Snooze until tomorrow, 9:00",
    Choice.SNOOZE_MONDAY: "Snooze until Monday, 9:00",
    Choice.CUSTOMER: "Customer…",
    Choice.BLOCK: "Block sender…",
}


def light_card(card: LightCard) -> list[Json]:
    """The blocks. Customers' words stand in them as plain text, or escaped."""
    return _full(card) if card.needs_people else [_line(card), *_unfinished(card.reply)]


def fallback_text(card: LightCard) -> str:
    """What notifications and screen readers say."""
    who = f"{title(card.customer, 80)} on {words.channel(card.channel)}"
    if not card.needs_people:
        return f"{who}: {_became(card)}"
    wordless = summary(card.attachments) if card.attachments and not visible(card.last_words or "") else None
    return f"{who}: {wordless or title(card.last_words or '', 160)}"


def ref(card: LightCard) -> ConversationRef:
    return ConversationRef(card.conversation_id, card.version)


def _full(card: LightCard) -> list[Json]:
    head = title(f"💬 {card.customer or 'unknown'} · {words.channel(card.channel)}", HEADER)
    holder = f"🙋 *{inline(card.assignee, 120)}* has it" if card.assignee else "_nobody has it yet_"
    why = [] if card.is_undecided else [mrkdwn(_why(card))]
    facts = [*why, mrkdwn(f"{holder} · waiting since {_date(card.awaiting_since)}")]
    if card.unreachable_since is not None:
        facts.append(mrkdwn(words.unreachable(card.channel)))
    if card.mail is not None:
        wrote, link = mail.sender(card.mail), mail.whole(card.mail)
        told = [f"💬 {wrote}" if wrote else None, *mail.facts(card.mail), link]
        facts += [mrkdwn(each) for each in told if each]
    if card.answer_until is not None:
        facts.append(mrkdwn(words.answer_until(card.answer_until)))
    if card.came_from and (source := inline(card.came_from, 100)):
        facts.append(mrkdwn(f"came from: {source}"))
    if card.edited_after is not None:
        facts.append(mrkdwn(f"✏️ *edited after {inline(card.edited_after, 120) or 'somebody'}’s answer*"))
    reply = [context(*_replied(card.reply)), *_about(card.reply)] if card.reply else []
    return [
        {"type": "header", "text": plain(head)},
        *_said(card),
        *(match_blocks(card) if card.is_undecided else []),
        context(*facts),
        *reply,
        actions(*_buttons(card)),
    ]


def _said(card: LightCard) -> list[Json]:
    """The customer's newest words and files, with the newest picture beside them."""
    files = card.attachments
    words_of_theirs = prose(card.last_words or "", 900) or (summary(files) if files else _WORDLESS)
    return [section(plain(words_of_theirs), accessory=newest_picture(files)), *few_lines(files)]


def pictures_of(card: LightCard) -> list[str]:
    """Slack's ids of the pictures that it shows."""
    shown = newest_picture(card.attachments) if card.needs_people else None
    return [shown["slack_file"]["id"]] if shown else []


def unpictured(card: LightCard) -> LightCard:
    """The same with links only."""
    return replace(card, attachments=tuple(replace(each, slack_file=None) for each in card.attachments))


def _why(card: LightCard) -> str:
    if card.match is not None and not card.why:  # no machine has read it: somebody did
        return kept_apart(card.match)
    why = inline(card.why or "", 300)
    if card.unsure:
        return f"⚠️ *Please check:* the AI is not sure that this needs no ticket. {why}"
    return f"🤖 No ticket. {why}" if why else "🤖 No ticket."


def _replied(reply: LastReply) -> list[Json]:
    """The newest reply in the words of a ticket's thread, cut to a line, and how far it came."""
    state = words.delivery_of(reply.delivery, reply.error)
    quoted = [f"“{inline(reply.text, 300)}”"] if reply.text or reply.file is None else []
    said = " ".join([*quoted, *([f"📎 *{label(reply.file)}*"] if reply.file is not None else [])])
    line = [f"📤 *{inline(reply.author, 120) or 'unknown'}* → customer: {said}", state]
    if reply.note:
        line.append(inline(reply.note, 200))
    facts = [mrkdwn(" · ".join([*line, _date(reply.at)]))]
    if reply.delivery in _TOLD_WHY and (why := inline(reply.error or "", 500)):
        facts.append(mrkdwn(why))
    return facts


def _about(reply: LastReply) -> list[Json]:
    """What can be done about it in this state."""
    if reply.delivery is Delivery.PENDING:
        return [actions(button("Undo", Action.UNDO, message_value(reply.message_id)))]
    offered = remedies(reply.message_id, reply.delivery, resendable=reply.resendable)
    return [actions(*offered)] if offered else []


def _unfinished(reply: LastReply | None) -> list[Json]:
    """Nobody waits any more, but what was last written to them can be undone still, or did not arrive."""
    return [context(*_replied(reply)), *_about(reply)] if reply and reply.delivery in _TOLD_WHY else []


def _buttons(card: LightCard) -> list[Json]:
    value = ref(card).encode()
    return [
        take_over_button(card.assignee, value) if card.assignee else button("Claim", Action.CLAIM, value, primary=True),
        button("Reply", Action.ANSWER, value, primary=card.assignee is not None),
        button("Create ticket", Action.CREATE_TICKET, value),
        button("Resolve", Action.RESOLVE, value),
        overflow(
            Action.CONVERSATION_MORE,
            [option(text, ref(card).encode(a=choice.value)) for choice, text in _CHOICES.items()],
        ),
    ]


def _line(card: LightCard) -> Json:
    # Bold, so that a name that ends in ":a" makes no emoji of our colon.
    text = mrkdwn(f"*{inline(card.customer, 80) or 'unknown'}*: {_became(card)}")
    wake = button("Wake", Action.WAKE, ref(card).encode()) if card.state is State.SNOOZED else None
    return section(text, accessory=wake)


def _became(card: LightCard) -> str:
    """What became of it, in a few words."""
    by = f" by {inline(card.state_by, 80)}" if card.state_by else ""
    if card.match is not None and card.match.same:
        return joined(card.match)
    if card.blocked_by is not None:
        return f"🚫 sender blocked by {inline(card.blocked_by, 80)}"
    if card.state is State.SNOOZED:
        return f"💤 snoozed until {_date(card.snoozed_until)}{by}"
    if card.ticket is not None and (card.state is State.OPEN or card.state_by in words.AUTOMATIC):
        return f"→ #{card.ticket}"
    if card.state is State.RESOLVED:
        return f"✅ resolved{by}"
    return kept_apart(card.match) if card.match is not None else "nothing waits for an answer"


def _date(at: datetime | None) -> str:
    """An instant as each reader's own clock shows it."""
    if at is None:
        return "?"
    shown = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}}, {{time}}|{cut(shown, 40)}>"
