"""A brain's words for what the customer is told, in a language that the playbook has not. Asked with nothing locked.

What people wrote is said as it is. A brain gets the desk's words and none of the customer's: who writes to the desk has
no say in what it tells them.
"""

from core.errors import DeskError
from ticketing.playbook.playbook import SavedReply, translated
from ticketing.playbook.resolving import Recipe, Tell
from ticketing.resolution.case import Situation
from ticketing.resolution.check import says_the_same
from ticketing.resolution.proposal import Phrased as BrainsWords
from ticketing.resolution.proposal import Resolver, Telling
from ticketing.resolution.tell import SAVED, Phrased
from ticketing.resolution.tongue import can_be_read, is_in


async def phrase(brain: Resolver, recipe: Recipe, situation: Situation) -> Phrased:
    """For each saved reply that follows, as far as can be told now. What fails is no reason to say nothing."""
    found, way, language = {}, situation.way, situation.ground.language
    if not can_be_read(language):
        return SAVED
    for step in recipe.then:
        reply = situation.playbook.replies.get(step.reply) if isinstance(step, Tell) else None
        if reply is None or not way.holds(step.when, situation.ticket):
            continue
        saved = way.says_here(reply, situation.ticket)
        if _is_theirs(reply, language):
            continue
        telling = Telling(saved, language or "", situation.customer.name, situation.conversation.id, situation.run.id)
        words = await _asked(brain, telling)
        if words is not None and (checked := _checked(words, saved, situation)) is not None:
            found[reply.key] = (saved, checked)
    return found or SAVED


def _is_theirs(reply: SavedReply, language: str | None) -> bool:
    """Whether the playbook has it in the customer's language."""
    return translated(reply, language) is not None or is_in(reply.text, language)


def _checked(words: BrainsWords, saved: str, situation: Situation) -> str | None:
    return says_the_same(words.text, saved, customer=situation.customer.name, language=situation.ground.language or "")


async def _asked(brain: Resolver, telling: Telling) -> BrainsWords | None:
    try:
        return await brain.phrase(telling)
    except DeskError:
        return None
    except Exception:  # a fault of the brain's: the saved reply says it as well
        return None
