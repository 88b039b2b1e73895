"""A run of the AI in a ticket's thread: one post, changed as it gets on."""

from bot.text import inline
from bot.views.parts import actions, context, mrkdwn, section
from bot.views.run import buttons, said, story_button
from bot.views.run_words import headline, in_the_way, took
from bot.wire import Json
from ticketing.resolution.run import RunState, StepKind
from ticketing.resolution.shown import ShownRun

_STEPS, _STEP, _WHY = 12, 100, 120  # the newest; characters of one, and of what was said of it
_TOLD_WHY = frozenset({StepKind.PROPOSE, StepKind.ACT})  # why it was handed over stands above


def run_entry(run: ShownRun) -> tuple[str, list[Json]]:
    """Fallback text, and blocks."""
    lines = said(run)
    if run.state is RunState.HANDED_OVER:
        lines += in_the_way(run)  # the steps below tell what was done
    blocks = [section(mrkdwn("\n".join(lines)))]
    if steps := _steps(run):
        blocks.append(context(mrkdwn("\n".join(steps))))
    blocks.append(actions(*(buttons(run) if run.is_open else [story_button(run)])))
    return headline(run), blocks


def _steps(run: ShownRun) -> list[str]:
    """Each on its line, the newest at the end."""
    lines = []
    for each in run.steps[-_STEPS:]:
        why = f": {inline(each.why, _WHY)}" if each.kind in _TOLD_WHY and each.why else ""
        long = took(each) if each.kind in (StepKind.ACT, StepKind.LOOK_UP) else ""
        lines.append(f"{each.mark} {inline(each.words, _STEP)}{why}{long}")
    earlier = len(run.steps) - _STEPS
    return [f"… {earlier} earlier", *lines] if earlier > 0 else lines
