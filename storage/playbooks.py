"""The playbook in force: asked with each transaction, compiled once in each process."""

import asyncio
from collections import OrderedDict

from sqlalchemy import bindparam, select

from storage.database import Row, Session
from storage.tables import playbook_version
from ticketing.playbook.language import compile_playbook
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.shipped import PLAYBOOK
from ticketing.playbook.succession import Successors

_KEPT = 8  # compiled playbooks; more than the one in force only while one follows the other, and in tests
_COLUMNS = playbook_version.c
_NEWEST = select(_COLUMNS.version, _COLUMNS.digest).order_by(_COLUMNS.version.desc()).limit(1)
_NUMBERED = select(_COLUMNS.version, _COLUMNS.digest).where(_COLUMNS.version == bindparam("version"))
_DOCUMENT = select(_COLUMNS.text, _COLUMNS.mapping).where(_COLUMNS.version == bindparam("version"))

# By digest, which is that of version, text and mapping: whichever database it comes from, it is the same playbook.
_compiled: OrderedDict[str, Playbook] = OrderedDict()


class Playbooks:
    """Of one database."""

    async def current(self, session: Session) -> Playbook:
        """The one in force at this statement. The plain one where none was ever applied.

        Ask after reading a ticket, not before: a playbook knows the statuses of all before it, and none after it.
        """
        row = (await session.execute(_NEWEST)).one_or_none()
        return PLAYBOOK if row is None else await self._known(session, row)

    async def numbered(self, session: Session, number: int) -> Playbook:
        """An earlier one. Raises LookupError: there is none of this number."""
        return await self._known(session, (await session.execute(_NUMBERED, {"version": number})).one())

    async def _known(self, session: Session, row: Row) -> Playbook:
        known = _compiled.get(row.digest)
        if known is None:
            known = _compiled[row.digest] = await version(session, row.version)
            while len(_compiled) > _KEPT:
                _compiled.popitem(last=False)
        return known


async def version(session: Session, number: int) -> Playbook:
    """This version, compiled now. Raises LookupError: there is none of this number."""
    row = (await session.execute(_DOCUMENT, {"version": number})).one()
    # It takes a tenth of a second, in which this process would do nothing else.
    return await asyncio.to_thread(compiled, row.text, Successors.of(row.mapping), number)


def compiled(text: str, successors: Successors, number: int) -> Playbook:
    """A document that was applied as this version. Raises RuntimeError: this program does not understand it."""
    made = compile_playbook(text, file=f"version {number}")
    if made.playbook is None:
        raise RuntimeError(f"the playbook in force is not understood: {made.problems[0]}")
    return successors.into(made.playbook, version=number)
