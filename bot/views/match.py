"""Where a doubtful mail may belong, on its light card, and what was decided about that. A colleague says which."""

from bot.intents import Action
from bot.refs import ConversationRef
from bot.text import inline
from bot.views.parts import actions, button, context, mrkdwn, section
from bot.wire import Json
from ticketing.conversations.light_card import LightCard, ShownMatch

_WHAT_FOLLOWS = (
    "The same: it goes on there, and its sender takes part, so answers reach them too. "
    "Another one: a ticket may be opened for it."
)


def match_blocks(card: LightCard) -> list[Json]:
    """The question with its two answers. None: there is none."""
    if card.match is None:
        return []
    value = ConversationRef(card.conversation_id, card.version).encode()
    asked = f"🔗 *Looks like it belongs to {_named(card.match)}:* {inline(card.match.why, 500)}"
    return [
        section(mrkdwn(asked)),
        actions(button("Same conversation", Action.SAME, value), button("Another one", Action.ANOTHER, value)),
        context(mrkdwn(_WHAT_FOLLOWS)),
    ]


def joined(match: ShownMatch) -> str:
    """In a line, once it goes on there."""
    return f"🔗 goes on as {_named(match)}, says *{inline(match.decided_by or '', 80) or 'somebody'}*"


def kept_apart(match: ShownMatch) -> str:
    return f"a conversation of its own, says *{inline(match.decided_by or '', 80) or 'somebody'}*"


def _named(match: ShownMatch) -> str:
    """ "#42 Broken mug (Max Muster)"."""
    customer, subject = inline(match.customer, 80) or "unknown", inline(match.subject or "", 120)
    if match.number is None:
        return f"the conversation {f'“{subject}” ' if subject else ''}with {customer}"
    return f"#{match.number} {subject} ({customer})"
