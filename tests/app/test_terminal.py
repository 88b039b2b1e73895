"""A customer's words on an admin's terminal: read, never obeyed."""

import pytest

from app.commands.customers import _print
from tests.bot.profiles import a_profile

HOSTILE = "Clara\x1b]0;owned\x07\x9b31m\u202eevil\r\nroot#"


def test_a_profile_holds_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    _print(a_profile(HOSTILE, times=2))
    said = capsys.readouterr().out
    assert "Clara]0;owned31mevil  root#" in said
    assert all(each.isprintable() for line in said.split("\n") for each in line)
