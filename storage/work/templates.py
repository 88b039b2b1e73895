"""The message templates that providers know."""

from collections.abc import Sequence
from dataclasses import fields
from uuid import UUID

from sqlalchemy import bindparam, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from core.errors import NotFound
from storage.database import Row, Session
from storage.tables import template
from ticketing.templates.template import Template

_SELECT = select(*(template.c[field.name] for field in fields(Template)))
_OF = _SELECT.where(template.c.channel == bindparam("of_channel")).order_by(
    template.c.name, template.c.language, template.c.id
)
_OF_LOCKED = _OF.with_for_update(key_share=True)
_GET = _SELECT.where(template.c.id == bindparam("template"))
_FALLBACK = _SELECT.where(
    template.c.channel == bindparam("of_channel"),
    template.c.is_fallback,
    template.c.status == literal_column("'approved'"),
)
_ADD = insert(template)
_SAVE = _ADD.on_conflict_do_update(
    index_elements=["channel", "provider_id"],
    set_={
        field.name: _ADD.excluded[field.name]
        for field in fields(Template)
        if field.name not in {"id", "channel", "provider_id", "is_fallback"}
    },
)
_UNMARK = (
    update(template)
    .where(template.c.channel == bindparam("of_channel"), template.c.is_fallback)
    .values(is_fallback=False)
)
_MARK = update(template).where(template.c.id == bindparam("template")).values(is_fallback=True)


def _template(row: Row) -> Template:
    values = row.as_dict()
    return Template(**values | {"variables": tuple(values["variables"])})


class Templates:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def of(self, channel: str, *, lock: bool = False) -> Sequence[Template]:
        rows = await self._session.execute(_OF_LOCKED if lock else _OF, {"of_channel": channel})
        return [_template(row) for row in rows]

    async def get(self, template_id: UUID) -> Template:
        row = (await self._session.execute(_GET, {"template": template_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such template.")
        return _template(row)

    async def fallback(self, channel: str) -> Template | None:
        row = (await self._session.execute(_FALLBACK, {"of_channel": channel})).one_or_none()
        return _template(row) if row else None

    async def save(self, templates: Sequence[Template]) -> None:
        for each in sorted(templates, key=lambda template: template.provider_id):
            values = {field.name: getattr(each, field.name) for field in fields(Template)}
            await self._session.execute(_SAVE, values | {"variables": list(each.variables)})

    async def mark_fallback(self, channel: str, template_id: UUID | None) -> None:
        await self._session.execute(_UNMARK, {"of_channel": channel})
        if template_id is not None:
            await self._session.execute(_MARK, {"template": template_id})
