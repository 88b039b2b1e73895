"""The manifest against the code: whatever is called, heard or offered stands in it, and nothing else."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from slack_bolt.async_app import AsyncApp

import bot
from bot import intents
from bot.door import Door
from bot.handlers import LISTENERS
from bot.manifest import COMMANDS, EVENTS, FREE_METHODS, SCOPES, SHORTCUTS, manifest
from bot.pacing import Method
from emulators.slack.api import METHODS
from emulators.slack.scopes import lacking

FOLDER = Path(bot.__file__).parent
# Under which names Slack is asked for an event that Bolt calls otherwise.
SUBSCRIPTIONS = {"message": {"message.channels", "message.groups"}}
WITHOUT_METHOD = {"commands"}  # asked for by what comes back, not by a call
ADVICE = "add it to bot/manifest.py"

Json = dict[str, Any]


class Listening:
    """Stands where the Bolt app does and notes what handlers listen to."""

    def __init__(self) -> None:
        self.heard: dict[str, set[str]] = {}

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        def listener(*names: object, **_: object) -> Callable[[object], object]:
            for name in names:
                if not isinstance(name, re.Pattern):  # matches everything: asks Slack for nothing
                    self.heard.setdefault(kind, set()).add(_named(name))
            return lambda function: function

        return listener


def _named(listened: object) -> str:
    if isinstance(listened, dict):
        return str(listened.get("type") or listened.get("callback_id") or listened.get("action_id"))
    return str(listened)


@pytest.fixture(scope="module")
def heard() -> dict[str, set[str]]:
    listening = Listening()
    for register in LISTENERS:
        register(cast("AsyncApp", listening), cast("Door", None))
    return listening.heard


def strings() -> Iterator[str]:
    """Every string in the bot's code, but for this list itself and what is only said."""
    for path in FOLDER.rglob("*.py"):
        if path.name != "manifest.py":
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


@cache  # reading all that is asked for again takes longer than asking
def called() -> frozenset[str]:
    """What looks like one of Slack's methods, the SDK's own names for them included."""
    written = {each.replace("_", ".") for each in _attributes() if each.startswith("apps_")}
    family = re.compile(r"(api|apps|auth|bots|chat|conversations|files|im|reactions|team|usergroups|users|views)\.")
    return frozenset(written) | {each for each in strings() if family.match(each) and re.fullmatch(r"[a-zA-Z.]+", each)}


def _attributes() -> Iterator[str]:
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute):
                yield node.attr


class TestScopes:
    def test_every_method_that_is_called_has_its_scope_and_none_is_asked_for_in_vain(self) -> None:
        listed = {method for scope in SCOPES for method in scope.methods}
        assert called() - listed - FREE_METHODS == set(), ADVICE
        assert (listed | FREE_METHODS) - called() == set(), "not called any more: take it out of bot/manifest.py"
        assert set(Method) <= called()

    def test_each_listed_method_is_one_that_its_scope_opens(self) -> None:
        """By the emulator's own table, which knows what Slack demands."""
        granted = {scope.name for scope in SCOPES}
        for method in called():
            assert method in METHODS, f"the emulator has no {method}"
            assert lacking(method, None, granted) is None, f"{method} needs {lacking(method, None, granted)}: {ADVICE}"

    def test_no_scope_stands_twice_or_without_a_reason(self) -> None:
        names = [scope.name for scope in SCOPES]
        assert len(names) == len(set(names))
        for scope in SCOPES:
            assert scope.why
            assert scope.methods or scope.events or scope.name in WITHOUT_METHOD, scope.name


class TestListening:
    def test_exactly_the_events_that_are_heard_are_subscribed(self, heard: dict[str, set[str]]) -> None:
        wanted = set().union(*(SUBSCRIPTIONS.get(each, {each}) for each in heard["event"]))
        assert wanted == set(EVENTS), ADVICE
        for scope in SCOPES:
            assert set(scope.events) <= wanted

    def test_each_command_is_offered(self, heard: dict[str, set[str]]) -> None:
        assert heard["command"] == {command.name for command in COMMANDS}, ADVICE

    def test_each_shortcut_is_offered_as_what_it_is(self, heard: dict[str, set[str]]) -> None:
        for kind in ("message", "global"):
            listened = heard.get(f"{kind}_shortcut", set())
            assert listened == {each.callback for each in SHORTCUTS if each.kind == kind}, ADVICE
        assert "shortcut" not in heard, "say which kind: bolt.message_shortcut or bolt.global_shortcut"
        assert {str(each) for each in getattr(intents, "Shortcut", ())} <= {each.callback for each in SHORTCUTS}, ADVICE


class TestManifest:
    """Slack's limits: docs.slack.dev/reference/app-manifest."""

    def test_everything_goes_to_the_one_address(self) -> None:
        made = manifest("https://desk.example.com/")
        address = "https://desk.example.com/slack/events"
        assert {each["url"] for each in made["features"]["slash_commands"]} == {address}
        settings = made["settings"]
        assert settings["event_subscriptions"]["request_url"] == address
        assert settings["interactivity"]["request_url"] == address
        assert settings["interactivity"]["message_menu_options_url"] == address
        assert settings["socket_mode_enabled"] is False

    def test_in_socket_mode_nothing_is_posted_anywhere(self) -> None:
        made = manifest("http://127.0.0.1:8000", socket_mode=True)
        assert "http" not in str(made)
        assert made["settings"]["socket_mode_enabled"] is True
        assert made["settings"]["interactivity"] == {"is_enabled": True}

    def test_it_keeps_within_what_slack_takes(self) -> None:
        made = manifest("https://desk.example.com")
        about, features = made["display_information"], made["features"]
        assert len(about["name"]) <= 35
        assert len(about["description"]) <= 140
        assert re.fullmatch(r"#[0-9a-f]{6}", about["background_color"])
        assert len(features["bot_user"]["display_name"]) <= 80
        for command in features["slash_commands"]:
            assert re.fullmatch(r"/[a-z0-9_-]{1,31}", command["command"])
            assert 0 < len(command["description"]) <= 2000
            assert len(command["usage_hint"]) <= 1000
        assert len(features["slash_commands"]) <= 50
        assert len(features.get("shortcuts", [])) <= 10
        for shortcut in features.get("shortcuts", []):
            assert 0 < len(shortcut["name"]) <= 24
            assert 0 < len(shortcut["description"]) <= 150
            assert len(shortcut["callback_id"]) <= 255
        assert len(features.get("unfurl_domains", [])) <= 5
        assert len(made["settings"]["event_subscriptions"]["bot_events"]) <= 100

    def test_links_are_unfurled_only_of_an_address_that_slack_can_know(self) -> None:
        for url in ("http://127.0.0.1:8000", "http://localhost:8000", "https://[::1]"):
            assert "unfurl_domains" not in manifest(url, socket_mode=True)["features"]
