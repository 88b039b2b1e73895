"""What `/ticket` can do."""

from bot.intents import COMMAND
from bot.text import code, inline
from bot.views.parts import context, mrkdwn, section
from bot.wire import Json

_COMMANDS = (
    ("list", "tickets that are not closed, the most urgent first"),
    ("list status:open type:return assignee:me", "only those that match all of it"),
    ("show 12", "one ticket, with its buttons; `12` alone does, too"),
    ("create Broken mug", "open a ticket for a customer"),
    ("search broken mug", "by words of subjects, messages and comments"),
    ("mine", "what you still owe work on"),
    ("escalated", "what the AI has left to people"),
    ("autonomy", "how far the AI goes with each type; `autonomy return suggest` sets it"),
    ("at-risk", "whose SLA is in danger or broken, soonest due first"),
)
_CONDITIONS = (
    "*For `list`:* `status:` `stage:` `type:` `category:` `priority:` `assignee:` (also `me`, `nobody`) `team:` `tag:` "
    "`channel:` `created>=2026-11-24` `due<=2026-11-30` `field.KEY:` `sort:due`. Words by themselves: `urgent`, "
    "`pending`, `unassigned`, `escalated`, `mine`; any other is looked for in the texts. In quotes: "
    '`status:"In progress"`. Several values: `priority:high,urgent`.'
)


def help_view(unknown: str = "", perhaps: str = "") -> list[Json]:
    """`unknown`: what was typed that is no command; `perhaps`: what may have been meant."""
    blocks = []
    if unknown:
        meant = f" Did you mean {code(f'{COMMAND} {perhaps}', 180)}?" if perhaps else ""
        blocks.append(section(mrkdwn(f"I do not know “{inline(unknown, 80)}”.{meant}")))
    lines = [f"`{COMMAND} {command}`  {does}" for command, does in _COMMANDS]
    return [
        *blocks,
        section(mrkdwn("\n".join(["*What you can ask. Only you see the answers.*", *lines]))),
        context(mrkdwn(_CONDITIONS)),
    ]
