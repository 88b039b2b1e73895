"""What the desk knows of its templates: synced from the provider, and which one stands in when the window is closed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.errors import NotFound
from ticketing.ports import UnitOfWork
from ticketing.templates.fill import TemplateRefused
from ticketing.templates.template import GONE, Template


@dataclass(frozen=True, slots=True)
class Synced:
    known: int
    gone: int  # that the provider had at the last sync, and has no more


async def sync_templates(channel: str, found: Sequence[Template], *, uow: UnitOfWork, now: datetime) -> Synced:
    """Make the desk know these, which is all that the provider has. Safe to repeat; the newest sync wins."""
    async with uow:
        before = await uow.templates.of(channel, lock=True)
        ids = {each.provider_id for each in found}
        gone = [each for each in before if each.provider_id not in ids and each.status != GONE]
        await uow.templates.save([*found, *(replace(each, status=GONE, synced_at=now) for each in gone)])
        return Synced(len(found), len(gone))


async def choose_fallback(channel: str, name: str | None, language: str | None, *, uow: UnitOfWork) -> Template | None:
    """From now on this template takes the words that the window does not let through; `name` None: none does.

    Raises NotFound, TemplateRefused (it has not exactly one variable, or several languages have it).
    """
    async with uow:
        known = [each for each in await uow.templates.of(channel, lock=True) if each.status != GONE]
        if name is None:
            await uow.templates.mark_fallback(channel, None)
            return None
        chosen = one_named(known, name, language)
        if (number := len(chosen.variables)) != 1:
            raise TemplateRefused(f"The template {name} has {number} variables: a fallback has one, for the words.")
        await uow.templates.mark_fallback(channel, chosen.id)
        return chosen


def one_named(known: Sequence[Template], name: str, language: str | None) -> Template:
    """Raises NotFound, TemplateRefused: several languages have it."""
    named = [each for each in known if each.name == name and language in (None, each.language)]
    if not named:
        raise NotFound(f"There is no template {name}. See: threadline templates list")
    if len(named) > 1:
        languages = ", ".join(sorted(each.language for each in named))
        raise TemplateRefused(f"There are several templates {name} ({languages}): say which language.")
    return named[0]
