"""A whole process as one frozen value (SPEC 3). Made by the compiler from a document; the rules only read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sla.calendar import Calendar
from ticketing.playbook.ai_policy import NO_AI, AiPolicy
from ticketing.playbook.approval_rules import ApprovalRule
from ticketing.playbook.fields import Field
from ticketing.playbook.http_actions import HttpAction
from ticketing.playbook.lifecycle import Lifecycle
from ticketing.playbook.resolving import ActionPolicy, Autonomy, Recipe, Tell
from ticketing.playbook.sla_policy import SlaPolicy
from ticketing.triage.suggestion import Vocabulary


@dataclass(frozen=True, slots=True)
class TicketType:
    key: str
    label: str
    categories: tuple[str, ...]  # keys; the first one where nobody knows better
    lifecycle: str  # its key
    fields: tuple[str, ...] = ()  # keys, in the order in which they are asked for
    examples: tuple[str, ...] = ()  # what customers say who mean it
    sla: str | None = None  # the key of the policy that its tickets are held to
    ai: AiPolicy = NO_AI


@dataclass(frozen=True, slots=True)
class SavedReply:
    """Words that are written often: `{{customer.name}}` and the like are filled in.

    `translations`: by language tag (BCP 47), for what is sent by itself: see `in_language`.
    """

    key: str
    label: str
    text: str
    translations: Mapping[str, str] = field(default_factory=dict)


def in_language(reply: SavedReply, language: str | None) -> str:
    """Its words for who reads this language (BCP 47): exactly that one, else the language alone, else as written."""
    return translated(reply, language) or reply.text


def translated(reply: SavedReply, language: str | None) -> str | None:
    """The same without those that it is written in."""
    known = {tongue.lower(): text for tongue, text in reply.translations.items()}
    wanted = (language or "").lower().replace("_", "-")
    return known.get(wanted) or known.get(wanted.partition("-")[0])


@dataclass(frozen=True, slots=True)
class Playbook:
    """One version of the process. Keys are what is stored; labels are what people read."""

    version: int
    name: str
    types: Mapping[str, TicketType]  # in their order; the first one where nobody knows better
    categories: Mapping[str, str]  # key to label
    lifecycles: Mapping[str, Lifecycle]
    fields: Mapping[str, Field] = field(default_factory=dict)
    approvals: Mapping[str, ApprovalRule] = field(default_factory=dict)
    replies: Mapping[str, SavedReply] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    policies: Mapping[str, SlaPolicy] = field(default_factory=dict)
    recipes: Mapping[str, Recipe] = field(default_factory=dict)
    action_policies: Mapping[str, ActionPolicy] = field(default_factory=dict)  # by the name of the action
    http_actions: Mapping[str, HttpAction] = field(default_factory=dict)
    retired_types: Mapping[str, str] = field(default_factory=dict)  # types of earlier versions, and what they are now
    retired_labels: Mapping[str, str] = field(default_factory=dict)  # of categories that are used no more
    calendars_by_key: Mapping[str, Calendar] = field(init=False, repr=False, compare=False)  # `calendar_key`

    def __post_init__(self) -> None:
        by_key = {self.calendar_key(key): each for key, each in self.calendars.items()}
        object.__setattr__(self, "calendars_by_key", by_key)

    def calendar_key(self, key: str) -> str:
        """What clocks know this calendar by. It means the same hours for good: edited, a calendar is another one."""
        return f"{key}@{self.calendars[key].fingerprint}"

    def sla_policy(self, version: int, key: str) -> SlaPolicy:
        """Of this version of the playbook. Raises KeyError: of any other one."""
        if version != self.version:
            raise KeyError(f"policy {key} of version {version}")
        return self.policies[key]

    def type(self, key: str) -> TicketType:
        """The type of this key, or what became of it. Raises KeyError: types come from the record."""
        return self.types[self.retired_types.get(key, key)]

    def lifecycle(self, type_key: str) -> Lifecycle:
        """The lifecycle that tickets of this type follow."""
        return self.lifecycles[self.type(type_key).lifecycle]

    def category(self, key: str) -> str:
        """The label of a category, also of one that is used no more."""
        return self.categories.get(key) or self.retired_labels.get(key) or key

    @property
    def needed_actions(self) -> frozenset[str]:
        """What the AI may have to call, that the playbook does not declare itself."""
        used = {key for each in self.types.values() if each.ai.autonomy is not Autonomy.OFF for key in each.ai.recipes}
        found: set[str] = set()
        for recipe in (self.recipes[key] for key in used if key in self.recipes):
            policy = self.action_policies.get(recipe.calling.action)
            facts = [fact.calling.action for fact in policy.facts] if policy else []
            found.update((recipe.calling.action, *recipe.reads, *facts))
        return frozenset(found - self.http_actions.keys())

    @property
    def results(self) -> frozenset[str]:
        """Keys of the saved replies that say how something came out: recipes and policies say when they are true."""
        told = {step.reply for each in self.recipes.values() for step in each.then if isinstance(step, Tell)}
        for policy in self.action_policies.values():
            told |= {rule.tell for rule in policy.rules if rule.tell is not None}
            told |= {fact.not_found for fact in policy.facts if fact.not_found is not None}
        return frozenset(told)

    @property
    def default_type(self) -> TicketType:
        return next(iter(self.types.values()))

    @property
    def vocabulary(self) -> Vocabulary:
        """What a brain may name."""
        labels = {key: each.label for key, each in self.types.items()}
        return Vocabulary(labels, dict(self.categories), {key: each.categories for key, each in self.types.items()})
