"""The next step of a run without a model: the recipe that the playbook prefers, unless the customer wants otherwise.

It makes no argument up and proposes no write twice. Where something was tried and did not work, or the customer's words
fit no recipe, it leaves the ticket to a person.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import takewhile

from ai.offline.asking import asks_about, asks_for, names, stems
from ai.offline.doubts import doubtful
from ai.offline.wishes import Remedy, Wish, remedies_in
from ticketing.drafting.draft import Line
from ticketing.resolution.proposal import AskCustomer, Call, Case, HandOver, OfferedRecipe, Proposal

_READ = frozenset({"en", "de", "es", "fr", "pt", "und"})
_MOST_LINES = 12
_FAILED = {
    "done": "{what} is done already.",
    "not_found": "{what} found nothing.",
    "refused": "{what} was refused.",
    "unavailable": "{what} is not to be reached.",
    "unknown": "{what} may have happened: nobody knows.",
    "invalid": "{what} does not take what the ticket says.",
    "not_allowed": "{what} is not for the AI.",
    "failed": "{what} is broken.",
}


def propose(case: Case, wish: Callable[[str], Wish]) -> Proposal:
    """`wish`: what a message asks for."""
    if (ended := _ended(case)) is not None:
        return ended
    if case.language not in _READ:
        return HandOver(f"The customer writes in a language that this brain does not read ({case.language}).")
    wanted, words = _wanted(case.lines, wish)
    if wanted.person:
        return HandOver("The customer asks for a person.")
    if wanted.stops:
        return HandOver("The customer seems to want nothing done any more.")
    named = () if wanted.wanted and not wanted.guessed else _named(case.recipes, words)
    recipe = _plainest(named) if named else _first_that_serves(case.recipes, wanted)
    if recipe is None:
        return HandOver("The customer names more than one recipe." if named else _unserved(case.recipes, wanted))
    if wanted.doubtful:
        return HandOver("The customer's words leave in doubt what is wanted, when, or for how much of the order.")
    if not _is_asked_for(recipe, wanted, words):
        return HandOver(f"The customer may only be asking about “{recipe.label}”, or telling of it.")
    if _does(recipe) and not (wanted.wanted or wanted.reports):
        return HandOver(f"It is not clear that the customer wants {_listed(_does(recipe))}.")
    return _begun(case, recipe)


def _ended(case: Case) -> HandOver | None:
    """A write was proposed before and something came of it: never again."""
    writes = {each.name for each in case.actions if each.writes} | {each.action for each in case.recipes}
    for taken in reversed(case.taken):
        if isinstance(taken.proposal, Call) and taken.proposal.action in writes and taken.outcome in _FAILED:
            said = _FAILED[taken.outcome].format(what=_called(case, taken.proposal.action))
            return HandOver(f"{said} {taken.words}".strip())
    return None


def _called(case: Case, action: str) -> str:
    label = next((each.label for each in case.recipes if each.action == action), action)
    return f"“{label}”"


def _wanted(lines: Sequence[Line], wish: Callable[[str], Wish]) -> tuple[Wish, str]:
    """Of the newest message that says it, with its words, or with those of all where none does; all that they wrote in
    one go for what is in doubt.
    """
    newest = lines[-_MOST_LINES:]
    said = [line.text for line in newest if line.by_customer]
    found, words = next(
        ((found, text) for text in reversed(said) if (found := wish(text)).says_something),
        (Wish(), "\n".join(said)),
    )
    at_once = takewhile(lambda line: line.by_customer, reversed(newest))
    return replace(found, doubtful=found.doubtful or doubtful("\n".join(line.text for line in at_once))), words


def _named(recipes: Sequence[OfferedRecipe], words: str) -> Sequence[OfferedRecipe]:
    """Of the desk's own those of whose label they have all words, whatever such messages are about mostly: "extend my
    warranty" is not a repair. Of a remedy that has words here, these decide.
    """
    return tuple(each for each in recipes if not _does(each) and names(each.label, words))


def _plainest(named: Sequence[OfferedRecipe]) -> OfferedRecipe | None:
    """The one whose label says all that the others' do: the order among recipes tells nothing here."""
    said = frozenset[str]().union(*(stems(each.label) for each in named))
    return next((each for each in named if stems(each.label) == said), None)


def _first_that_serves(recipes: Sequence[OfferedRecipe], wanted: Wish) -> OfferedRecipe | None:
    """The first that does what is wanted and nothing that is not; of no wish, the first of all."""
    return next((each for each in recipes if _serves(_does(each), wanted)), None)


def _is_asked_for(recipe: OfferedRecipe, wanted: Wish, words: str) -> bool:
    """Who only asks about something wants nothing done. Where their words name a remedy, `wishes` has judged them."""
    if _does(recipe):
        return not (wanted.guessed and wanted.wanted and asks_about(words))
    if names(recipe.label, words):
        return asks_for(recipe.label, words)
    return wanted.reports or not asks_about(words)


def _serves(does: frozenset[Remedy], wish: Wish) -> bool:
    if does & wish.unwanted:
        return False
    if wish.either:
        return not wish.wanted or bool(does & wish.wanted)
    return wish.wanted <= does


def _does(recipe: OfferedRecipe) -> frozenset[Remedy]:
    return remedies_in(f"{recipe.key} {recipe.label} {recipe.action}")


def _unserved(recipes: Sequence[OfferedRecipe], wanted: Wish) -> str:
    if not recipes:
        return "No recipe fits this ticket."
    if wanted.wanted:
        return f"The customer asks for {_listed(wanted.wanted)}, and no recipe that fits does that."
    return f"The customer does not want {_listed(wanted.unwanted)}."


def _listed(remedies: frozenset[Remedy]) -> str:
    return " and ".join(sorted(remedies))


def _begun(case: Case, recipe: OfferedRecipe) -> Proposal:
    if not recipe.lacks:
        return Call(recipe.action, recipe.arguments, f"The recipe “{recipe.label}” fits.")
    field = recipe.lacks[0]
    label = case.labels.get(field, field)
    if any(isinstance(taken.proposal, AskCustomer) and taken.proposal.field == field for taken in case.taken):
        return HandOver(f"The customer was asked for “{label}”, and it is still not known.")
    return AskCustomer(field, f"“{label}” is missing for the recipe “{recipe.label}”.")
