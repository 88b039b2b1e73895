"""What the AI understood, as a ticket's card tells it: doubts first, then intent, sentiment, why, and what it did."""

from collections.abc import Sequence

from bot.text import code, inline, prose
from bot.views import words
from bot.views.parts import context, mrkdwn, plain, section
from bot.wire import Json
from ticketing.tickets.card import ShownField, Understanding
from ticketing.triage.record import Trigger

_MOST_ENTITIES = 6
_MOST_FILLED = 6
_OPENED = {
    Trigger.TRIAGE: "opened this ticket, sure that it needs one",
    Trigger.LOW_CONFIDENCE: "opened this ticket, not sure that it needs one",
    Trigger.BRAIN_FAILED: "opened this ticket for a person to read",
    Trigger.AI_OFF: "opened this ticket for a person to read",
}


def understood(understanding: Understanding, fields: Sequence[ShownField], *, briefed: bool = False) -> list[Json]:
    """What the AI made of it; where it was not sure, that comes first. `fields`: what is filled in on the ticket.

    `briefed`: what it is about, and what was done, stands above already.
    """
    blocks = []
    doubt = _doubt(understanding)
    if doubt:
        blocks.append(section(mrkdwn(f"⚠️ *Please check:* {doubt}")))
    summary = prose(understanding.summary, 900) if not briefed else ""
    if summary:
        blocks.append(section(plain(summary)))
    if understanding.trigger in {Trigger.BRAIN_FAILED, Trigger.AI_OFF}:
        entities = _entities(understanding)
        return [*blocks, context(mrkdwn("  ·  ".join(entities)))] if entities else blocks
    sure = f"{min(understanding.confidence, 0.99):.0%} sure"  # nobody is ever entirely sure
    facts = [f"🤖 {inline(understanding.intent.replace('_', ' '), 80) or 'no intent'} ({sure})"]
    facts.append(_sentiment(understanding))
    blocks.append(context(mrkdwn("  ·  ".join(facts + _entities(understanding)))))
    if not doubt and (why := prose(understanding.why, 300)):
        blocks.append(context(plain(f"Why: {why}")))
    if not briefed and (done := _done(understanding, fields)):
        blocks.append(context(mrkdwn(f"Done by the AI: {'  ·  '.join(done)}")))
    return blocks


def _sentiment(understanding: Understanding) -> str:
    """How the customer sounds now, and how they did when the ticket began, where that has changed."""
    now, then = words.SENTIMENT[understanding.sentiment], understanding.sentiment_then
    return now if then in (None, understanding.sentiment) else f"{words.SENTIMENT[then]} → *{now}*"


def _done(understanding: Understanding, fields: Sequence[ShownField]) -> list[str]:
    done = []
    if understanding.opened_because is not None:
        done.append(_OPENED[understanding.opened_because])
    if (more := understanding.times - 1) > 0:
        done.append("read what the customer wrote since" + (f", {more} times" if more > 1 else ""))
    if filled := [inline(each.label, 60) for each in fields if each.by_ai]:
        more_fields = f" and {len(filled) - _MOST_FILLED} more" if len(filled) > _MOST_FILLED else ""
        done.append(f"filled in {', '.join(filled[:_MOST_FILLED])}{more_fields}")
    return done


def _entities(understanding: Understanding) -> list[str]:
    named = [f"{inline(kind, 30)} {code(value, 60)}" for kind, value in understanding.entities[:_MOST_ENTITIES]]
    more = len(understanding.entities) - _MOST_ENTITIES
    return [*named, f"and {more} more"] if more > 0 else named


def _doubt(understanding: Understanding) -> str | None:
    why = inline(understanding.why, 300)
    if understanding.trigger is Trigger.LOW_CONFIDENCE:
        return f"the AI is not sure about this one. {why}"
    if understanding.trigger is Trigger.BRAIN_FAILED:
        return f"the AI could not read this, so a person must. {why}"
    if understanding.trigger is Trigger.AI_OFF:
        return "the AI is switched off, so a person reads this."
    return None
