"""The playbook that a desk begins with."""

import asyncio
from pathlib import Path

import pytest

from app.playbooks import PlaybookMissing, begin
from app.settings import Settings
from storage.database import Database
from storage.playbooks import Playbooks
from tests.playbooks import PLAIN, a_document
from ticketing.playbook.apply import PlaybookRefused
from ticketing.playbook.playbook import Playbook


async def in_force(store: Database) -> Playbook:
    async with store.single() as session:
        return await Playbooks().current(session)


def settings(playbook: object) -> Settings:
    return Settings(_env_file=None, threadline_playbook=str(playbook))


class TestBegin:
    async def test_many_at_once_put_the_shops_in_force_once(self, database: str, store: Database) -> None:
        await asyncio.gather(*(begin(settings(""), database) for _ in range(3)))
        playbook = await in_force(store)
        assert (playbook.version, playbook.name) == (1, "Retail")
        assert playbook.lifecycle("return").status("resolved").key == "customer_accepted"  # as the plain one called it

    async def test_once_begun_the_file_changes_nothing(self, tmp_path: Path, database: str, store: Database) -> None:
        file = tmp_path / "ours.yaml"
        file.write_text(a_document("new open", "done closed", name="Ours"))
        await begin(settings(file), database)
        file.write_text("no playbook")
        await begin(settings(file), database)
        assert (await in_force(store)).name == "Ours"

    async def test_none_leaves_the_plain_one(self, database: str, store: Database) -> None:
        await begin(settings("none"), database)
        assert await in_force(store) is PLAIN

    async def test_what_cannot_be_put_in_force_is_told(self, tmp_path: Path, database: str) -> None:
        with pytest.raises(PlaybookMissing, match=r"nowhere\.yaml cannot be read: No such file"):
            await begin(settings(tmp_path / "nowhere.yaml"), database)
        (tmp_path / "broken.yaml").write_text("language: 1\nplaybook: Broken\n")
        with pytest.raises(PlaybookRefused, match=r"broken\.yaml:1:1: "):
            await begin(settings(tmp_path / "broken.yaml"), database)
