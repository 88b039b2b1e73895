"""Where a checkout may lie, and what its engine leaves alone."""

import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from storage.embedded import EngineFailed, binaries, places, sockets
from tests.storage.embedded.conftest import Checkout, asked

ODD_NAMES = {
    "shell text and parts of a DSN": "my $(touch X) `touch X`; touch X & \"two\" 'one' \\ 100%25,host=a#?&port=1",
    "another script and bytes that are no text": "проект עברית 🧵 \udcff",
    "long": "a" * 100 + "/" + "b" * 100,
}


def as_root() -> bool:
    return os.geteuid() == 0


def permissions(folder: Path) -> dict[Path, tuple[int, int, int]]:
    """Mode and owner of a folder and of all its parents."""
    found = {path: path.stat() for path in (folder, *folder.parents)}
    return {path: (stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid) for path, status in found.items()}


def names_under(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*")}


class TestStart:
    @pytest.mark.parametrize("name", ODD_NAMES.values(), ids=ODD_NAMES.keys())
    async def test_works_wherever_the_checkout_lies(
        self, tmp_path: Path, checkouts: Callable[[Path], Checkout], name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)  # where a shell would have made X
        checkout = checkouts(tmp_path / name)

        dsn = await checkout.engine().start()

        assert await asked(dsn, "SELECT current_database()") == "threadline"
        assert "X" not in names_under(tmp_path)
        through_sqlalchemy = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://", 1))
        async with through_sqlalchemy.connect() as connection:
            assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
        await through_sqlalchemy.dispose()

    @pytest.mark.skipif(
        not as_root(), reason="NOT TESTED: only root's checkout can lie where PostgreSQL's user may not go"
    )
    async def test_leaves_the_permissions_of_a_private_home_alone(
        self, tmp_path: Path, checkouts: Callable[[Path], Checkout]
    ) -> None:
        private = tmp_path / "private"
        private.mkdir(mode=0o700)
        checkout = checkouts(private / "checkout")
        before = permissions(checkout.root)

        dsn = await checkout.engine().start()

        assert await asked(dsn, "SELECT 1") == 1
        assert permissions(checkout.root) == before
        assert not list(checkout.root.iterdir())

    async def test_ignores_a_locale_that_is_not_installed_and_variables_meant_for_another_server(
        self, checkout: Checkout
    ) -> None:
        hostile = {
            "LANG": "xx_YY.UTF-8",
            "LC_ALL": "xx_YY.UTF-8",
            "PGDATA": "/elsewhere",
            "PGPORT": "1",
            "PGHOST": "::",
        }

        program = await checkout.program({**hostile, "TZ": "Pacific/Chatham"})

        assert (
            await asked(program.dsn, "SELECT datlocale FROM pg_database WHERE datname = current_database()")
            == "C.UTF-8"
        )
        assert await asked(program.dsn, "SELECT lower('ÄÖÉ')") == "äöé"
        assert await asked(program.dsn, "SHOW timezone") == "UTC"

    async def test_lets_only_its_own_user_near_the_socket_and_listens_nowhere_else(self, checkout: Checkout) -> None:
        engine = checkout.engine()

        dsn = await engine.start()

        assert await asked(dsn, "SHOW listen_addresses") == ""
        folder = Path(str(await asked(dsn, "SHOW unix_socket_directories")))
        for private in (folder, sockets.socket_in(folder), engine.home / "data"):
            assert permissions(private)[private][0] == 0o700

    async def test_two_checkouts_have_nothing_in_common(self, checkout: Checkout, new_checkout: Checkout) -> None:
        one, other = checkout, new_checkout

        first, second = await one.engine().start(), await other.engine().start()

        assert first != second
        assert await asked(first, "SHOW data_directory") == str(one.home / "data")
        assert await asked(second, "SHOW data_directory") == str(other.home / "data")


class TestPrepare:
    def test_refuses_a_path_that_postgresqls_files_cannot_hold(self, tmp_path: Path) -> None:
        with pytest.raises(EngineFailed, match="line breaks"):
            places.prepare(tmp_path / "two\nlines")

    @pytest.mark.skipif(as_root(), reason="NOT TESTED: root may write everywhere")
    def test_says_which_folder_it_may_not_write_to(self, tmp_path: Path) -> None:
        (tmp_path / "var").mkdir(mode=0o500)
        with pytest.raises(EngineFailed, match=r"Permission denied.*var"):
            places.prepare(tmp_path)


class TestSocketFolder:
    @pytest.fixture
    def ordinary(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[places.Places]:
        """An ordinary user's engine, on a machine whose temporary folder has a short name."""
        with tempfile.TemporaryDirectory() as short:
            monkeypatch.setattr(tempfile, "tempdir", short)
            monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
            made = places.Places(tmp_path / "home", None, None)
            yield made
            for left in Path("/tmp").glob(f"threadline-*-{places.path_hash(made.data)}"):
                left.rmdir()

    def test_is_the_same_each_time(self, ordinary: places.Places) -> None:
        usual = sockets.choose(ordinary, previous=None)
        assert usual.is_relative_to(tempfile.gettempdir())
        assert sockets.choose(ordinary, previous=None) == usual

    def test_is_never_a_folder_that_others_may_enter(self, ordinary: places.Places) -> None:
        usual = sockets.choose(ordinary, previous=None)
        usual.chmod(0o755)
        assert sockets.choose(ordinary, previous=usual) != usual
        assert stat.S_IMODE(usual.stat().st_mode) == 0o755

    def test_is_never_a_link(self, ordinary: places.Places, tmp_path: Path) -> None:
        usual = sockets.choose(ordinary, previous=None)
        usual.rmdir()
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        usual.symlink_to(tmp_path / "elsewhere")
        assert sockets.choose(ordinary, previous=usual) != usual

    @pytest.mark.skipif(not as_root(), reason="NOT TESTED: only root can make a folder for somebody else")
    def test_is_never_a_strangers(self, ordinary: places.Places) -> None:
        usual = sockets.choose(ordinary, previous=None)
        os.chown(usual, 65534, 65534)
        assert sockets.choose(ordinary, previous=usual) != usual

    def test_has_a_path_that_fits_a_socket_wherever_temporary_files_lie(
        self, ordinary: places.Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deep = tmp_path / ("d" * 100)
        deep.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(deep))
        assert len(str(sockets.socket_in(sockets.choose(ordinary, previous=None)))) <= 103

    def test_stays_while_programs_know_it_by_its_name(self, ordinary: places.Places) -> None:
        known = Path(tempfile.gettempdir(), "known")
        assert sockets.choose(ordinary, previous=known) == known


class TestPrograms:
    def test_are_copied_away_from_a_path_that_initdbs_shell_would_act_on(self) -> None:
        assert binaries.shell_would_act_on(Path("/home/me/$(touch X)/.venv"))
        assert binaries.shell_would_act_on(Path('/home/me/"quoted"/.venv'))
        assert not binaries.shell_would_act_on(Path("/home/me/it's mine (really)/.venv"))

    def test_are_copied_once_and_whole(self, tmp_path: Path) -> None:
        install = binaries.installed()
        first = binaries.copied(install, tmp_path, name="a build")
        changed = (first / "bin" / "postgres").stat().st_mtime_ns
        assert binaries.copied(install, tmp_path, name="a build") == first
        assert (first / "bin" / "postgres").stat().st_mtime_ns == changed
        assert [path.name for path in tmp_path.iterdir()] == ["a build"]
