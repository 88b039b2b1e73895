"""A ticket's card in its team's channel. Same card, same blocks; one that is settled is a single line."""

from bot.intents import Action, Choice
from bot.refs import Ref
from bot.text import code, cut, escape, inline, title
from bot.views import words
from bot.views.parts import (
    HEADER,
    actions,
    button,
    confirm,
    context,
    mrkdwn,
    option,
    overflow,
    plain,
    section,
)
from bot.views.remedies import remedies
from bot.views.run import STORY
from bot.views.run_words import run_in_a_line
from bot.views.so_far import so_far
from bot.views.type_menu import type_menu
from bot.wire import Json
from core.messages import Delivery
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.tickets.card import TicketCard, Trouble, TroubleAbout

_MOST_FIELDS = _MOST_TAGS = 6


def ticket_card(card: TicketCard, *, site: str = "") -> list[Json]:
    """The blocks of a card. Customers' words stand in it as plain text, or escaped. `site`: the workspace's address
    on the web, for links to what stands there.
    """
    if card.discarded_by is not None:
        return _discarded_card(card)
    if card.merged_into is not None:
        return _merged_card(card, card.merged_into)
    return _open_card(card, site) if card.status.category.is_live else _settled_card(card)


def fallback_text(card: TicketCard) -> str:
    """What notifications and screen readers say."""
    if card.discarded_by is not None:
        return f"#{card.number} {one(card.subject)} was no ticket ({one(card.discarded_by)})"
    if card.merged_into is not None:
        return f"#{card.number} {one(card.subject)} goes on as #{card.merged_into}"
    head = f"#{card.number} {one(card.subject)} ({words.PRIORITY[card.priority].split(' ')[1]}"
    return f"{head}, {escape(card.type)}, {escape(card.status.label)}) from {one(card.customer)}"


def one(text: str) -> str:
    return title(text, 160)


def ref(card: TicketCard) -> Ref:
    return Ref(card.ticket_id, card.conversation_id, card.version)


def _open_card(card: TicketCard, site: str) -> list[Json]:
    rendered = f"t:{card.number}:{card.version}"
    blocks: list[Json] = [
        {"type": "header", "block_id": rendered, "text": plain(title(f"#{card.number} {card.subject}", HEADER))},
        {
            "type": "section",
            "block_id": ref(card).encode(),
            "fields": [mrkdwn(text) for text in _facts(card)],
            "accessory": type_menu(card, card.vocabulary),
        },
    ]
    if card.clocks:
        blocks.append(context(*(mrkdwn(words.clock(each)) for each in card.clocks)))
    if known := _known(card):
        blocks.append(context(*known))
    if card.fields:
        blocks.append(context(*_fields(card)))
    if arranged := _arranged(card):
        blocks.append(context(mrkdwn("  ·  ".join(arranged))))
    blocks += so_far(card, site)
    if card.trouble:
        blocks += _trouble(card.trouble)
    blocks.append({"type": "actions", "block_id": f"{rendered}:actions", "elements": _buttons(card)})
    footer = _footer(card)
    return [*blocks, context(plain(footer))] if footer else blocks


def _known(card: TicketCard) -> list[Json]:
    """What is out of the ordinary about the customer."""
    known = [mrkdwn(words.unreachable(card.channel))] if card.unreachable_since else []
    if card.answer_until is not None:
        known.append(mrkdwn(words.answer_until(card.answer_until)))
    if card.score is not None:
        known.append(mrkdwn(words.rating(card.score)))
    if card.came_from and (source := inline(card.came_from, 100)):
        known.append(mrkdwn(f"came from: {source}"))
    return known


def _facts(card: TicketCard) -> list[str]:
    return [
        f"*Priority*\n{words.PRIORITY[card.priority]}",
        f"*Status*\n{words.sign(card.status)} {inline(card.status.label, 80)}",
        f"*Customer*\n{inline(card.customer, 200) or 'unknown'}{_tier(card.tier)} · {words.channel(card.channel)}",
        f"*Assignee*\n{inline(card.assignee, 200) if card.assignee else '_nobody yet_'}",
        f"*Opened*\n{words.moment(card.opened_at)}",
    ]


def _fields(card: TicketCard) -> list[Json]:
    """A context block takes ten."""
    shown = [
        mrkdwn(f"{inline(field.label, 60)}: *{inline(field.text, 100)}*{' ⚠️ stale' if field.stale else ''}")
        for field in card.fields[:_MOST_FIELDS]
    ]
    more = len(card.fields) - _MOST_FIELDS
    return [*shown, mrkdwn(f"and {more} more")] if more > 0 else shown


def _arranged(card: TicketCard) -> list[str]:
    """What people have arranged by hand, where they have."""
    arranged = [f"🗓️ promised for {words.moment(card.due_at)}"] if card.due_at is not None else []
    if card.tags:
        shown = " ".join(code(each, 42) for each in card.tags[:_MOST_TAGS])
        more = len(card.tags) - _MOST_TAGS
        arranged.append(f"🏷️ {shown}{f' and {more} more' if more > 0 else ''}")
    arranged += [f"👁 {words.count(card.watchers, 'watcher')}"] if card.watchers else []
    return arranged + ([f"🔗 {words.count(card.links, 'link')}"] if card.links else [])


def _tier(tier: str | None) -> str:
    return f" · {inline(tier, 60)}" if tier else ""


_DID_NOT_ARRIVE = {
    TroubleAbout.REPLY: ("The last reply may not have arrived.", "The last reply did not arrive."),
    TroubleAbout.PROPOSAL: (
        "The proposal may not have arrived: nobody knows whether the customer was asked.",
        "The proposal did not arrive: the customer has not been asked.",
    ),
    TroubleAbout.AUTOMATIC: ("An automatic message may not have arrived.", "An automatic message did not arrive."),
}


def _trouble(trouble: Trouble, *more: Json) -> list[Json]:
    """What is wrong with what was sent last, and the buttons that help; `more` stand before them."""
    unsure, failed = _DID_NOT_ARRIVE[trouble.about]
    head = f"❓ *{unsure}*" if trouble.delivery is Delivery.UNKNOWN else f"⚠️ *{failed}*"
    offered = [*more, *remedies(trouble.message_id, trouble.delivery, resendable=trouble.resendable)]
    return [section(mrkdwn(f"{head} {inline(trouble.words, 400)}")), *([actions(*offered)] if offered else [])]


def _buttons(card: TicketCard) -> list[Json]:
    value = ref(card).encode()
    return [
        take_over_button(card.assignee, value)
        if card.assignee
        else button("Claim", Action.CLAIM, value, primary=card.run is None or not card.run.is_open),
        button("Reply", Action.REPLY, value, primary=card.assignee is not None),
        button("Comment", Action.COMMENT, value),
        button("Status", Action.STATUS, value),
        *([button("Fields", Action.FIELDS, value)] if card.has_fields else []),
        button("Customer", Action.CUSTOMER, value),
        *([button(f"📎 {words.count(card.files, 'file')}", Action.FILES, value)] if card.files else []),
        button("More…", Action.WORK, value),
    ]


def take_over_button(holder: str, value: str) -> Json:
    """Asks first. `value` is an encoded Ref."""
    question = f"{cut(holder, 100)} has this conversation. It becomes yours, with its open tickets."
    return button("Take over", Action.TAKE_OVER, value, confirm=confirm("Take over?", question, "Take over"))


_CHOICES = {
    Choice.NEW_TICKET: "New ticket…",
    Choice.COMMENT: "Comment…",
    Choice.FILES: "Files…",
    Choice.STORY: f"{STORY}…",
    Choice.WORK: "Tags, links, merge…",
}


def _more(card: TicketCard, choices: tuple[Choice, ...]) -> Json:
    return overflow(Action.MORE, [option(_CHOICES[each], ref(card).encode(a=each.value)) for each in choices])


def _footer(card: TicketCard) -> str:
    parts = [escape(card.team)] if card.team else []
    if card.comments:
        parts.append(f"💬 {words.count(card.comments, 'comment')}")
    return cut("  ·  ".join(parts), 200) if parts else ""


def _settled_card(card: TicketCard) -> list[Json]:
    """One line, so that a channel with hundreds of tickets a day stays readable."""
    who = f" · {cut(card.assignee, 60)}" if card.assignee else ""
    line = f"{words.sign(card.status)} #{card.number} {title(card.subject, 80)} · {escape(card.status.label)}{who}"
    if card.run is not None and (solved := run_in_a_line(card.run)):
        line += f" · {solved}"
    if card.score is not None:
        line += f" · {words.rating(card.score)}"
    if card.status.category is StatusCategory.RESOLVED:
        accessory = button("Status", Action.STATUS, ref(card).encode())
    else:
        files = (Choice.FILES,) if card.files else ()
        story = (Choice.STORY,) if card.run is not None else ()
        accessory = _more(card, (Choice.COMMENT, Choice.NEW_TICKET, *files, *story, Choice.WORK))
    blocks = [section(plain(line), accessory=accessory, block_id=f"t:{card.number}:{card.version}")]
    if card.trouble:
        value = ref(card).encode()
        blocks += _trouble(card.trouble, button("Reply", Action.REPLY, value, primary=True))
    return blocks


def _discarded_card(card: TicketCard) -> list[Json]:
    """One line, and the way back."""
    line = f"🗑 #{card.number} {title(card.subject, 80)} was no ticket ({cut(card.discarded_by or '', 60)})"
    accessory = button("Put back", Action.PUT_BACK, ref(card).encode())
    return [section(plain(line), accessory=accessory, block_id=f"t:{card.number}:{card.version}")]


def _merged_card(card: TicketCard, into: int) -> list[Json]:
    """One line without buttons: everything is done with the other one."""
    line = f"🔗 #{card.number} {title(card.subject, 80)} was merged into #{into} and goes on there"
    return [section(plain(line), block_id=f"t:{card.number}:{card.version}")]
