"""What the documents say is proved by a test is proved by one that exists; and no fault is missing on its page."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from emulators import chance, proxy
from emulators.mail import faults as mail
from emulators.slack import faults as slack
from emulators.telegram import faults as telegram
from emulators.twilio import callbacks, delivery, media
from emulators.twilio import faults as twilio
from tests.conftest import ROOT

_NAMED = re.compile(r"`(tests/[\w/]+\.py(?:::\w+)*)`")
PAGES = ("faults.md", "architecture.md", "slack-proved.md")


def named(page: str) -> list[str]:
    return sorted(set(_NAMED.findall((ROOT / "docs" / page).read_text())))


@cache
def defined(file: Path) -> frozenset[str]:
    """`name`, `Class` and `Class::name` of everything that a file defines."""
    found = set()
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.ClassDef):
            found |= {node.name}
            found |= {f"{node.name}::{each.name}" for each in node.body if hasattr(each, "name")}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
    return frozenset(found)


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_a_page_names_exists(page: str) -> None:
    tests = named(page)
    assert len(tests) > 10
    missing = []
    for test in tests:
        path, _, name = test.partition("::")
        if not (ROOT / path).is_file() or (name and name not in defined(ROOT / path)):
            missing.append(test)
    assert missing == []


def test_every_fault_of_the_menus_stands_on_the_page() -> None:
    page = (ROOT / "docs" / "faults.md").read_text()
    kinds = {*slack.MENU, *twilio.MENU, *chance.DELIVERIES, "disconnect", *proxy.MENU, *callbacks.TROUBLES}
    kinds |= {*telegram.MENU, *telegram.STATES, "file_gone"}
    kinds |= {*mail.MENU, *mail.STATES}
    kinds |= {*delivery.LOSSES, *media.AT_THE_API, *media.AT_THE_LINK}
    assert [kind for kind in sorted(kinds) if f"`{kind}`" not in page] == []
