"""One question over a Unix socket, against listeners that are not PostgreSQL."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.embedded import EngineFailed, cluster, files, wire


def listener(path: Path, says: bytes) -> Callable[[], None]:
    """Answer one connection with these bytes and close it; returns what waits for the end."""
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(path))
    door.listen()

    def answer() -> None:
        with door, door.accept()[0] as guest:
            guest.recv(1000)
            guest.sendall(says)

    thread = threading.Thread(target=answer)
    thread.start()
    return thread.join


class TestAsk:
    def test_says_when_nobody_listens(self, tmp_path: Path) -> None:
        with pytest.raises(wire.NoServer):
            wire.ask(tmp_path / "none", "SELECT 1")

    def test_says_when_the_listener_has_died_and_left_its_socket(self, tmp_path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(str(tmp_path / "dead"))
        with pytest.raises(wire.NoServer):
            wire.ask(tmp_path / "dead", "SELECT 1")

    @pytest.mark.parametrize("says", [b"", b"E", b"HTTP/1.1 400 Bad Request\r\n", b"R\0\0\0\x05\0"])
    def test_believes_no_stranger(self, tmp_path: Path, says: bytes) -> None:
        done = listener(tmp_path / "stranger", says)
        with pytest.raises(wire.Unanswered):
            wire.ask(tmp_path / "stranger", "SELECT 1")
        done()

    def test_waits_no_longer_than_told(self, tmp_path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(str(tmp_path / "silent"))
            door.listen()
            with pytest.raises(wire.Unanswered):
                wire.ask(tmp_path / "silent", "SELECT 1", timeout=0.01)

    def test_passes_on_an_error_with_its_state(self, tmp_path: Path) -> None:
        body = b"SFATAL\0C57P03\0Mthe database system is starting up\0\0"
        done = listener(tmp_path / "busy", b"E" + (len(body) + 4).to_bytes(4, "big") + body)
        with pytest.raises(wire.Declined) as refusal:
            wire.ask(tmp_path / "busy", "SELECT 1")
        assert refusal.value.state == wire.CANNOT_CONNECT_NOW
        done()


class TestQuoted:
    def test_keeps_a_value_in_one_piece(self) -> None:
        assert cluster.quoted(r"it's a \ path # = ") == r"'it''s a \\ path # = '"

    def test_refuses_a_line_break(self) -> None:
        with pytest.raises(EngineFailed):
            cluster.quoted("on'\nfsync = 'off")


class TestTrimLog:
    def test_keeps_the_newest_ten_megabytes_beside_the_log(self, tmp_path: Path) -> None:
        log = tmp_path / "postgres.log"
        log.write_bytes(b"x" * 10_000_001)
        cluster.trim_log(log)
        assert log.stat().st_size == 0
        assert (tmp_path / "postgres.log.old").stat().st_size == 10_000_001


class TestEngineFailed:
    def test_travels_between_processes_unchanged(self) -> None:
        error = EngineFailed("It broke.", why="A reason.", remedy="Do this.", log="one\ntwo")
        assert str(EngineFailed.from_json(error.to_json())) == str(error)
        assert str(error).splitlines() == [
            "It broke.",
            "  Why: A reason.",
            "  What to do: Do this.",
            "  Last lines of the log:",
            "    one",
            "    two",
        ]


class TestWriteAtomically:
    def test_replaces_a_link_and_never_follows_it(self, tmp_path: Path) -> None:
        (tmp_path / "precious").write_text("precious")
        (tmp_path / "file").symlink_to(tmp_path / "precious")
        files.write_atomically(tmp_path / "file", "new")
        assert (tmp_path / "precious").read_text() == "precious"
        assert (tmp_path / "file").read_text() == "new"
