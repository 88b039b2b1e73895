"""What templates need from storage."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from ticketing.templates.template import Template


class Templates(Protocol):
    """The templates that providers know."""

    async def of(self, channel: str, *, lock: bool = False) -> Sequence[Template]:
        """By name and language. Those that are gone, too."""
        ...

    async def get(self, template_id: UUID) -> Template:
        """Raises NotFound."""
        ...

    async def fallback(self, channel: str) -> Template | None:
        """The one that takes the words that the window did not let through, if it is approved."""
        ...

    async def save(self, templates: Sequence[Template]) -> None:
        """Each by its channel and the provider's id: a new one is added. `is_fallback` and `id` stay what they were."""
        ...

    async def mark_fallback(self, channel: str, template_id: UUID | None) -> None: ...
