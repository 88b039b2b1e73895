"""The command line as an admin types it."""

import sys

import pytest

from app.cli import main


class Shell:
    """`threadline …` on the test's database, in an empty folder; in this process, because starting takes long."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch = monkeypatch
        self.capture = capture

    def __call__(self, *words: str, code: int = 0) -> str:
        """What it printed; on standard error too where it failed."""
        self.monkeypatch.setattr(sys, "argv", ["threadline", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        output, errors = self.capture.readouterr()
        assert ended.value.code == code, errors
        return output + (errors if code else "")
