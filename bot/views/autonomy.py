"""How far the AI goes: where each type stands, and what is told when that has moved by itself."""

from collections.abc import Sequence

from bot.intents import COMMAND, Action
from bot.refs import move_value
from bot.text import inline
from bot.views.parts import actions, button, confirm, context, mrkdwn, section
from bot.views.words import count
from bot.wire import Json
from ticketing.direct_messages.shown import ShownMove
from ticketing.playbook.resolving import LADDER
from ticketing.resolution.levels import SAID, Case, How
from ticketing.resolution.move_level import Standing

MOST = 20  # types: a message has some 13,000 characters
_NAMED = 10  # cases
_DOES = {How.ROSE: "goes further", How.FELL: "goes less far"}
_SIGN = {How.ROSE: "📈", How.FELL: "📉"}


def moved_view(shown: ShownMove) -> tuple[str, list[Json]]:
    """Fallback text, and blocks: what it may do now, why, by which tickets, and a button that puts it back."""
    move, label = shown.move, inline(shown.label, 100) or "such tickets"
    does = _DOES[move.how]
    head = f"{_SIGN[move.how]} *The AI {does} with {label}:* {move.was.words} → *{move.level.words}*"
    blocks = [section(mrkdwn(f"{head}\n{inline(move.why, 300)}"))]
    if move.cases:
        blocks.append(context(mrkdwn(_named(move.cases))))
    anew = f"It counts anew from here: it takes {count(move.over, 'new case')} to come back by itself."
    if move.how is How.ROSE:
        anew = "It counts anew from here, and goes back by itself where people do otherwise."
    sure = confirm("Put it back?", f"The AI's autonomy here will be “{move.was.words}” again.", "Put it back")
    put_back = button(f"Back to: {move.was.words}", Action.AUTONOMY_BACK, move_value(move.id), confirm=sure)
    return f"The AI {does} with {label}", [*blocks, context(mrkdwn(anew)), actions(put_back)]


def standings_view(standings: Sequence[Standing]) -> list[Json]:
    if not standings:
        return [section(mrkdwn("The playbook has the AI do nothing about any type of ticket."))]
    blocks = [section(mrkdwn("*How far the AI goes*"))]
    blocks += [section(mrkdwn("\n".join(_lines(each)))) for each in standings[:MOST]]
    example = f"`{COMMAND} autonomy {inline(standings[0].type, 60)} {LADDER[2].words}`"
    how = f"A supervisor sets it: {example} · Levels: {', '.join(each.words for each in LADDER[1:])}"
    if len(standings) > MOST:
        how = f"These are the first {MOST}; `threadline autonomy` shows all. {how}"
    return [*blocks, context(mrkdwn(how))]


def _lines(each: Standing) -> Sequence[str]:
    most = each.policy.autonomy
    lines = [f"*{inline(each.label, 60)}* (`{inline(each.type, 60)}`): *{each.level.words}*"]
    if each.level is not most:
        lines[0] += f"; the playbook allows *{most.words}*"
    if (earning := each.policy.earns) is not None:
        asked = f"a step up takes {earning.precision:.0%} of {earning.over}"
        lines.append(f"{each.right} of {count(each.judged, 'case')} right so far; {asked}")
    if each.moves:
        lines.append(f"_{inline(each.moves[0].why, 150)}_")
    return lines


def _named(cases: Sequence[Case]) -> str:
    """ "#12 turned down · #14 with another amount · right: #9": first what somebody may want to look at."""
    shown = sorted(cases, key=lambda each: each.is_right)[:_NAMED]
    told = [f"#{each.ticket} {SAID[each.sign]}" for each in shown if not each.is_right]
    if right := ", ".join(f"#{each.ticket}" for each in shown if each.is_right):
        told.append(f"right: {right}")
    if more := len(cases) - len(shown):
        told.append(f"and {more} more")
    return f"By what people did: {' · '.join(told)}. `{COMMAND} {shown[0].ticket}` shows one."
