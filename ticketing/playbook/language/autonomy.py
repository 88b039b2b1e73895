"""`ai` of a type: how far the AI goes, with which recipes, and how much of it."""

from ticketing.playbook.ai_policy import AiPolicy
from ticketing.playbook.language.ai import Budget as Written
from ticketing.playbook.language.ai import Earns, TypeAi
from ticketing.playbook.language.escalations import escalations
from ticketing.playbook.language.names import Known
from ticketing.playbook.language.problems import Path
from ticketing.playbook.resolving import ASKING, LADDER, Autonomy, Budget, Earning


def ai_policy(key: str, entry: TypeAi, known: Known) -> AiPolicy:
    """Of the type of this key, checked."""
    path: Path = ("types", key, "ai")
    autonomy = Autonomy(entry.autonomy)
    for place, recipe in known.each((*path, "recipes"), entry.recipes):
        known.require(place, "recipes", "recipe", recipe)
    if entry.confirm is not None:
        known.require((*path, "confirm"), "approvals", "approval", entry.confirm)
    if entry.hands_over is not None:
        known.require((*path, "hands_over"), "replies", "reply", entry.hands_over)
    _require_means(path, autonomy, entry, known)
    _require_amounts(path, entry, known)
    return AiPolicy(
        escalate=escalations((*path, "escalate"), entry.escalate, known),
        autonomy=autonomy,
        confidence=entry.confidence / 100,
        recipes=tuple(entry.recipes),
        begins=entry.begins,
        confirm=entry.confirm,
        hands_over=entry.hands_over,
        budget=_budget(entry.budget),
        earns=_earning(path, autonomy, entry.earns, known) if entry.earns is not None else None,
    )


def _require_means(path: Path, autonomy: Autonomy, entry: TypeAi, known: Known) -> None:
    """What it takes to go as far as that."""
    if autonomy is not Autonomy.OFF and not entry.recipes:
        message = f"The AI may {autonomy.value.replace('_', ' ')} here, and has no recipe to go by"
        known.report.add((*path, "autonomy"), message, "Add a line recipes: […], or write autonomy: off.")
    if entry.confirm is not None:
        return
    if autonomy in ASKING:
        message = f"With {autonomy} somebody agrees first, and nobody says who"
        known.report.add((*path, "autonomy"), message, "Add a line confirm: with the name of an approval.")
    elif entry.earns is not None and autonomy is Autonomy.ACT_ALONE:
        message = "On the way there somebody agrees first, and nobody says who"
        known.report.add((*path, "earns"), message, "Add a line confirm: with the name of an approval.")


def _earning(path: Path, autonomy: Autonomy, entry: Earns, known: Known) -> Earning:
    start = Autonomy(entry.start)
    if autonomy in (Autonomy.OFF, Autonomy.SHADOW):
        message = f"There is nothing to earn here: autonomy is {autonomy}, and that is the most it may do"
        known.report.add((*path, "earns"), message, "Write the most it may do under autonomy, or take the line out.")
    elif LADDER.index(start) > LADDER.index(autonomy):
        message = f"It cannot begin with {start}: autonomy is {autonomy}, and that is the most it may do"
        known.report.add((*path, "earns", "from"), message, f"Write from: {autonomy}, or what goes less far.")
    return Earning(start, entry.precision / 100, entry.over)


def _require_amounts(path: Path, entry: TypeAi, known: Known) -> None:
    """A month's amount is reckoned from what each action's policy says that it costs."""
    policies = known.document.policies
    done = [recipe.do.action for key in entry.recipes if (recipe := known.document.recipes.get(key)) is not None]
    if entry.budget.amount_per_month is None or len(done) < len(entry.recipes) or not done:
        return
    if all(action in policies and policies[action].amount is None for action in done):
        message = f"This is about what {' and '.join(sorted(set(done)))} give away, and no policy says how much that is"
        known.report.add((*path, "budget", "amount_per_month"), message, "Add a line amount: to the policy.")


def _budget(entry: Written) -> Budget:
    return Budget(
        runs_per_ticket=entry.runs_per_ticket,
        cost_per_ticket=entry.cost_per_ticket,
        runs_per_month=entry.runs_per_month,
        amount_per_month=entry.amount_per_month,
    )
