"""The PostgreSQL of a run is its own, whatever a run before it left."""

import shutil
from pathlib import Path

from chaos.server import Server


def test_a_run_finds_nothing_of_one_in_the_same_folder_that_was_killed(tmp_path: Path) -> None:
    folder = tmp_path / "database"
    killed = Server(folder).home
    try:
        shutil.rmtree(folder)  # all that whoever cleans up sees of it
        another = Server(folder).home
        shutil.rmtree(another)
        assert another != killed
    finally:
        shutil.rmtree(killed, ignore_errors=True)
