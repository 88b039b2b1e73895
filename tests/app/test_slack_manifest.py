"""`threadline slack manifest`, as an admin runs it."""

import json

from ruamel.yaml import YAML

from bot.manifest import SCOPES, manifest
from tests.app.shell import Shell

DESK = "https://desk.example.com"


def test_yaml_is_the_manifest_with_the_reason_of_each_scope(threadline: Shell) -> None:
    said = threadline("slack", "manifest", "--url", DESK)
    assert YAML(typ="safe").load(said) == manifest(DESK)
    for scope in SCOPES:
        assert any(scope.name in line and f"# {scope.why}" in line for line in said.splitlines())


def test_json_is_the_same(threadline: Shell) -> None:
    assert json.loads(threadline("slack", "manifest", "--url", DESK, "--json")) == manifest(DESK)
    socket = threadline("slack", "manifest", "--socket-mode", "--json")
    assert json.loads(socket) == manifest("http://127.0.0.1:8000", socket_mode=True)


def test_an_address_that_slack_cannot_post_to_is_refused_with_what_to_do(threadline: Shell) -> None:
    assert "--socket-mode" in threadline("slack", "manifest", code=1)
    assert "https addresses only" in threadline("slack", "manifest", "--url", "desk.example.com", code=1)
