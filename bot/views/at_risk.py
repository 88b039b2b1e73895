"""The view SLA at risk: the tickets whose promises are in danger, or broken, soonest due first."""

from collections.abc import Sequence

from bot.text import inline
from bot.views import words
from bot.views.card_link import numbered
from bot.views.parts import context, mrkdwn, section
from bot.views.ticket_list import show_button
from bot.wire import Json
from ticketing.sla.shown import AtRisk

MOST = 18  # a message has fifty blocks, and some 13,000 characters


def at_risk_view(tickets: Sequence[AtRisk], site: str = "") -> list[Json]:
    """`tickets`: one more than MOST says that there are more. `site`: of the workspace, to lead to their cards."""
    if not tickets:
        return [section(mrkdwn("✅ *Nothing is at risk.* Every promise that is running has time left."))]
    blocks = [section(mrkdwn(f"*SLA at risk* · {_count(tickets)}, soonest due first"))]
    blocks += [section(mrkdwn(_line(each, site)), accessory=show_button(each.number)) for each in tickets[:MOST]]
    if len(tickets) > MOST:
        blocks.append(context(mrkdwn(f"These are the first {MOST}. Ask again when some are dealt with.")))
    return blocks


def _count(tickets: Sequence[AtRisk]) -> str:
    return f"more than {MOST} tickets" if len(tickets) > MOST else words.count(len(tickets), "ticket")


def _line(ticket: AtRisk, site: str) -> str:
    who = inline(ticket.assignee, 50) if ticket.assignee else "_nobody yet_"
    place = f" in <#{ticket.channel}>" if ticket.channel else ""
    card = (ticket.channel, ticket.ts) if ticket.channel and ticket.ts else None
    head = f"*{numbered(ticket.number, card, site)}* {inline(ticket.subject, 100)}"
    facts = f"{words.PRIORITY[ticket.priority]} · {inline(ticket.customer, 50)} · {who}{place}"
    return "\n".join((head, *map(words.clock, ticket.clocks), facts))
