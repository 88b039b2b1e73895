"""What the AI did, step by step, for whoever wants to know: what was proposed, what the rules said, what was called."""

from bot.intents import Action
from bot.refs import RunRef
from bot.text import code, inline, size
from bot.views import words
from bot.views.parts import SECTION, actions, button, clock_time, context, mrkdwn, plain, section
from bot.views.run import STORY
from bot.views.run_words import also_known, because, fact_line, given, headline, rule_lines, sign, took
from bot.wire import Json
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.shown import ShownRun
from ticketing.resolution.shown_steps import ShownStep, lasted

PAGE = 15  # steps: Slack limits a view's size, too
_MAY = {
    Autonomy.OFF: "switched off",
    Autonomy.SHADOW: "only tried out: nothing is done",
    Autonomy.SUGGEST: "may suggest, and a person says do it",
    Autonomy.ACT_WITH_APPROVAL: "may act once somebody has agreed",
    Autonomy.ACT_ALONE: "may act alone where the rules allow it",
}
_HOW = "The AI proposes each step; the rules of the playbook decide whether it is done."


def run_story(run: ShownRun, page: int = 0) -> Json:
    """A page past the end is the last one."""
    last = max(len(run.steps) - 1, 0) // PAGE
    page = min(max(page, 0), last)
    shown = run.steps[page * PAGE : (page + 1) * PAGE]
    blocks = [*_head(run), {"type": "divider"}]
    blocks += [_step(each) for each in shown]
    if not run.steps:
        blocks.append(section(mrkdwn("Nothing yet: it has only just begun.")))
    blocks += _turning(run, page, last)
    return {"type": "modal", "title": plain(STORY), "close": plain("Close"), "blocks": blocks}


def _head(run: ShownRun) -> list[Json]:
    lines = [f"{sign(run)} *{headline(run)}*", *(each for each in (given(run), because(run)) if each)]
    about = [f"begun {words.moment(run.begun_at)}", f"the AI {_MAY[run.autonomy]}"]
    if run.took is not None:
        about.append(f"took {lasted(run.took)}")
    if run.agreed_by:
        about.append(f"{inline(run.agreed_by, 120)} said: do it")
    blocks = [section(mrkdwn("\n".join(lines))), context(mrkdwn(" · ".join(about)))]
    if run.facts:
        blocks.append(section(mrkdwn("\n".join(["*What the rules looked at:*", *map(fact_line, run.facts)]))))
    if others := also_known(run.other_facts):
        blocks.append(context(mrkdwn(others)))
    if run.why_autonomy:
        blocks.append(context(mrkdwn(f"Why it {_MAY[run.autonomy]}: {inline(run.why_autonomy, 300)}")))
    return [*blocks, context(plain(_HOW))]


def _step(step: ShownStep) -> Json:
    lines = [f"*{step.place + 1}.* {step.mark} *{inline(step.words, 200)}*  ·  {clock_time(step.at)}{took(step)}"]
    if step.why and not any(each.because == step.why for each in step.rules if not each.held):
        lines.append(inline(step.why, 500))
    if step.key and step.outcome == "unknown":  # somebody has to find out there whether it was done
        lines.append(f"The other side knows the call as {code(step.key, 120)}.")
    for line in rule_lines(step.rules):
        if sum(size(each) + 1 for each in (*lines, line)) < SECTION:
            lines.append(line)
    return section(mrkdwn("\n".join(lines)))


def _turning(run: ShownRun, page: int, last: int) -> list[Json]:
    if not last:
        return []
    turns = {"Earlier": page - 1, "Later": page + 1}
    # Two buttons of one block have to have different names.
    names = {"Earlier": Action.RUN_BACK, "Later": Action.RUN_ON}
    offered = [
        button(text, names[text], RunRef(run.id, run.ticket_id, to).encode())
        for text, to in turns.items()
        if 0 <= to <= last
    ]
    return [context(mrkdwn(f"Page {page + 1} of {last + 1}")), actions(*offered)]
