"""Versions of the playbook in the database, and what they do to tickets in flight."""

import asyncio

import pytest

from storage.playbooks import Playbooks
from tests.factories import an_actor
from tests.playbooks import PLAIN
from tests.storage.desk import DeskAtWork
from tests.storage.versions import WITH_TRIAGE, WITHOUT, put, stand
from ticketing.people.actor import person_acting
from ticketing.people.permissions import PermissionRefused
from ticketing.people.person import Role
from ticketing.playbook.apply import AlreadyInForce, PlaybookChanged, PlaybookRefused
from ticketing.playbook.succession import MappingMissing


class TestCurrent:
    async def test_without_a_version_it_is_the_plain_one(self, desk: DeskAtWork) -> None:
        assert await desk.desk.playbook() is PLAIN

    async def test_it_is_the_newest_one_compiled_once(self, desk: DeskAtWork) -> None:
        await put(desk, WITH_TRIAGE)
        applied = await put(desk, WITHOUT)
        async with desk.database.single() as session:
            first, second = await Playbooks().current(session), await Playbooks().current(session)
        assert first is second
        assert first == applied.playbook
        assert (first.version, first.name, first.lifecycles["only"].version) == (2, "Smaller", 2)


class TestApply:
    async def test_it_is_recorded_with_who_did_it(self, desk: DeskAtWork) -> None:
        boss = await desk.person("Olga", Role.ADMIN)
        await put(desk, WITH_TRIAGE, by=person_acting(boss))
        (row,) = await desk.rows("SELECT kind, actor_name, after FROM activity WHERE stream_kind = 'playbook'")
        assert (row.kind, row.actor_name, row.after["version"]) == ("playbook.applied", "Olga", 1)
        assert await desk.broken_chains() == []
        assert await desk.jobs() == ["PlaybookApplied"]

    async def test_a_document_with_problems_is_refused_with_all_of_them(self, desk: DeskAtWork) -> None:
        with pytest.raises(PlaybookRefused) as refused:
            await put(desk, WITHOUT.replace("category: resolved", "category: solved"))
        assert [problem.line for problem in refused.value.problems] == [14]
        assert await desk.count("playbook_version") == 0

    async def test_only_admins_may(self, desk: DeskAtWork) -> None:
        with pytest.raises(PermissionRefused, match="that is for an admin"):
            await put(desk, WITHOUT, by=an_actor(Role.SUPERVISOR))

    async def test_the_same_again_is_no_version(self, desk: DeskAtWork) -> None:
        await put(desk, WITHOUT)
        with pytest.raises(AlreadyInForce):
            await put(desk, WITHOUT)

    async def test_of_two_at_once_one_wins_and_the_other_is_told(self, desk: DeskAtWork) -> None:
        both = await asyncio.gather(
            put(desk, WITHOUT, expected=0), put(desk, WITH_TRIAGE, expected=0), return_exceptions=True
        )
        (lost,) = [each for each in both if isinstance(each, PlaybookChanged)]
        assert "Version 1 of the playbook was put in force meanwhile" in lost.message
        assert await desk.count("playbook_version") == 1

    async def test_who_looked_at_an_older_one_is_told(self, desk: DeskAtWork) -> None:
        await put(desk, WITHOUT)
        with pytest.raises(PlaybookChanged):
            await put(desk, WITH_TRIAGE, expected=0)

    async def test_a_status_in_use_needs_a_mapping(self, desk: DeskAtWork) -> None:
        await put(desk, WITH_TRIAGE)
        await stand(desk, "triage", "resolved")
        with pytest.raises(MappingMissing, match="1 ticket is of type Only one in status Triage"):
            await put(desk, WITHOUT)
        assert (await desk.desk.playbook()).version == 1


async def test_a_change_of_status_names_the_playbook_that_allowed_it(desk: DeskAtWork) -> None:
    await put(desk, WITH_TRIAGE)
    await stand(desk, "triage")
    (row,) = await desk.rows("SELECT after FROM activity WHERE kind = 'status.changed'")
    assert row.after == {"status": "triage", "playbook": 1}
