"""A command line on the test's own database."""

from pathlib import Path

import pytest

from app.settings import Settings
from tests.app.shell import Shell


@pytest.fixture
def threadline(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("THREADLINE_PLAYBOOK", "none")
    monkeypatch.chdir(tmp_path)
    return Shell(monkeypatch, capsys)
