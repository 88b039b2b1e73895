"""The Web API's methods: each takes the workspace and the decoded arguments, and returns what goes beside `ok`.

A refusal is raised by Slack's name for it. HTTP, tokens, rates and faults are the door's business (`web.py`).
"""

from collections.abc import Callable, Mapping

from emulators.slack.api import chat, conversations, files, people, unfurls, views
from emulators.slack.channels import Json
from emulators.slack.workspace import Workspace

Method = Callable[[Workspace, Json], Json]

METHODS: Mapping[str, Method] = {
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **people.METHODS,
    **unfurls.METHODS,
    **views.METHODS,
}
# The one method that takes the app-level token, and only that.
APP_LEVEL = "apps.connections.open"

__all__ = ["APP_LEVEL", "METHODS", "Method"]
