"""Whatever a client sends, a method answers or refuses; and what was accepted can be drawn."""

import contextlib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from emulators.slack import Workspace, as_text
from emulators.slack.api import METHODS
from emulators.slack.api.arguments import Refusal
from emulators.slack.blocks import message_problems, view_problems
from tests.examples import tried

WORDS = [
    *(
        "type",
        "text",
        "blocks",
        "block_id",
        "action_id",
        "elements",
        "element",
        "fields",
        "accessory",
        "options",
        "value",
    ),
    *("section", "header", "actions", "context", "input", "button", "mrkdwn", "plain_text", "modal", "home", "title"),
    *("submit", "rich_text", "rich_text_section", "static_select", "label", "image", "alt_text", "image_url", "user"),
]
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(WORDS)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=15,
)
NAMES = [
    *("channel", "text", "ts", "thread_ts", "blocks", "attachments", "metadata", "user", "user_id", "email", "view"),
    *("view_id", "trigger_id", "hash", "limit", "cursor", "oldest", "latest", "types", "name", "timestamp"),
    *("markdown_text", "message_ts", "external_id", "inclusive"),
]
ARGUMENTS = st.dictionaries(st.sampled_from(NAMES), JSON | st.sampled_from(["desk", "1.000001"]), max_size=8)


@tried(150)
@given(method=st.sampled_from(sorted(METHODS)), arguments=ARGUMENTS)
def test_no_arguments_make_a_method_fall_over(method: str, arguments: dict[str, Any]) -> None:
    space = Workspace(limits=False)
    space.add_channel("desk").add({"type": "message", "user": space.bot_user, "bot_id": space.bot_id, "ts": "1.000001"})
    with contextlib.suppress(Refusal):
        METHODS[method](space, {"channel": "desk", "ts": "1.000001", **arguments})
    for message in space.channel_messages("desk"):
        as_text(message)


@tried(300)
@given(JSON)
def test_any_json_is_judged_as_blocks_and_as_a_view(value: Any) -> None:
    assert message_problems(value) or isinstance(value, list)
    assert view_problems(value) or isinstance(value, dict)
