"""A brain's words for what the customer is told, in a language that the playbook has not. Asked with nothing locked.

What people wrote is said as it is. A brain gets the desk's words and none of the customer's: who writes to the desk has
no say in what it tells them.
"""

import asyncio
from collections.abc import Sequence

from core.errors import DeskError
from ticketing.playbook.playbook import SavedReply, translated
from ticketing.playbook.resolving import Recipe, Tell
from ticketing.resolution.case import Situation
from ticketing.resolution.check import says_the_same
from ticketing.resolution.proposal import Phrased as BrainsWords
from ticketing.resolution.proposal import Resolver, Telling
from ticketing.resolution.tell import Phrased
from ticketing.resolution.tongue import can_be_read, is_in

_LONGEST = 5.0  # seconds for all that follows: a call has begun by then, and its caller must not count as dead


async def phrase(brain: Resolver, recipe: Recipe, situation: Situation) -> Phrased | None:
    """For each saved reply that follows, as far as can be told now. What fails is no reason to say nothing.

    None: no brain was asked, which takes no time.
    """
    tellings = _tellings(recipe, situation)
    if not tellings:
        return None
    found: dict[str, tuple[str, str]] = {}
    try:
        async with asyncio.timeout(_LONGEST):
            for key, telling in tellings:
                words = await _asked(brain, telling)
                if words is not None and (checked := _checked(words, telling)) is not None:
                    found[key] = (telling.text, checked)
    except TimeoutError:
        pass  # what there is by now is told
    return found


def _tellings(recipe: Recipe, situation: Situation) -> Sequence[tuple[str, Telling]]:
    """What the playbook has not in the customer's language, by the keys of its saved replies."""
    found, way, language = [], situation.way, situation.ground.language
    if language is None or not can_be_read(language):
        return ()
    for step in recipe.then:
        reply = situation.playbook.replies.get(step.reply) if isinstance(step, Tell) else None
        if reply is None or not way.holds(step.when, situation.ticket):
            continue
        if not _is_theirs(reply, language):
            saved, about = way.says_here(reply, situation.ticket), (situation.conversation.id, situation.run.id)
            found.append((reply.key, Telling(saved, language, situation.customer.name, *about)))
    return found


def _is_theirs(reply: SavedReply, language: str) -> bool:
    """Whether the playbook has it in the customer's language."""
    return translated(reply, language) is not None or is_in(reply.text, language)


def _checked(words: BrainsWords, telling: Telling) -> str | None:
    return says_the_same(words.text, telling.text, customer=telling.customer, language=telling.language)


async def _asked(brain: Resolver, telling: Telling) -> BrainsWords | None:
    try:
        return await brain.phrase(telling)
    except DeskError:
        return None
    except Exception:  # a fault of the brain's: the saved reply says it as well
        return None
