"""Asks the policy of tests/retail/policy.yaml about one wish, with facts that the actions gave of the store."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from ai.actions.registry import load_actions
from ai.actions.running import run_action
from tests.factories import NOW, a_ticket
from tests.retail.actions import SHOP
from tests.retail.store import Buyer, Order, Store, Variant
from threadline import Actor, Context, Outcome, OutcomeKind
from threadline import Customer as Asking
from threadline import Identity as Proof
from ticketing.conversations.conversation import Conversation
from ticketing.customers.customer import Customer, Identity
from ticketing.playbook.language import compile_playbook
from ticketing.playbook.playbook import Playbook
from ticketing.resolution.arguments import confirmation, given
from ticketing.resolution.context import Looked, PolicyContext, policy_context
from ticketing.resolution.policy import judge
from ticketing.resolution.ports import Earlier
from ticketing.resolution.verdict import PolicyVerdict

CATALOGUE = load_actions(["tests.retail.actions"], installed=False)
PHONE = "+14155550123"
Wish = dict[str, Any]
NONE_BEFORE = Earlier()


@cache
def playbook() -> Playbook:
    text = (Path(__file__).parent / "policy.yaml").read_text("utf-8")
    compiled = compile_playbook(text, file="policy.yaml", version=1, actions=CATALOGUE.specs)
    assert compiled.playbook is not None, compiled.problems
    return compiled.playbook


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def a_store() -> Store:
    """Ana has one order that was not sent and one that has arrived; somebody else has another."""
    mugs = [Variant(f"mug-{colour}", "mug", Decimal(40)) for colour in ("red", "blue")]
    others = [
        Variant("mug-gold", "mug", Decimal(90)),
        Variant("mug-plain", "mug", Decimal(25)),
        Variant("mug-none", "mug", Decimal(40), in_stock=0),
        Variant("lamp", "lamp", Decimal(40)),
        Variant("vase-sale", "vase", Decimal(30), final_sale=True),
        Variant("desk", "desk", Decimal(260)),
    ]
    buyers = [
        Buyer("ana", ("ana@example.com",), (PHONE,), gift_card=Decimal(20)),
        Buyer("bo", ("bo@example.com",), ("+14155550199",)),
    ]
    orders = [
        Order("1001", "ana", "pending", ("mug-red",), "card", ago(0.1)),
        Order("1002", "ana", "delivered", ("mug-red", "vase-sale", "desk"), "card", ago(9), ago(5)),
        Order("2001", "bo", "pending", ("mug-red",), "card", ago(0.1)),
        Order("2002", "bo", "delivered", ("mug-red",), "card", ago(9), ago(5)),
    ]
    return Store(
        {each.sku: each for each in (*mugs, *others)},
        {each.id: each for each in buyers},
        {each.number: each for each in orders},
    )


@dataclass
class Asked:
    """What is so when somebody asks. `yes`: the customer has said yes to exactly this."""

    store: Store
    phone: str = PHONE
    earlier: Earlier = NONE_BEFORE
    yes: bool = True

    def change(self, order: str, **so: Any) -> None:
        self.store.orders[order] = replace(self.store.orders[order], **so)

    async def verdict(self, action: str, wish: Wish, *, yes_to: PolicyVerdict | None = None) -> PolicyVerdict:
        """Of a brain that proposes this call with these arguments. `yes_to`: what the customer has said yes to."""
        SHOP.set(self.store)
        policy = playbook().action_policies[action]
        facts: dict[str, Looked] = {}
        for source in policy.facts:
            facts[source.name] = await self._fact(source.calling, action, wish, facts)
        first = judge(policy, wish, self._context(action, facts))
        agreed = yes_to or (first if self.yes else None)
        if agreed is None:
            return first
        return judge(policy, wish, self._context(action, facts, confirmation(action, agreed.arguments)))

    async def _fact(self, calling: Any, action: str, wish: Wish, facts: Mapping[str, Looked]) -> Looked:
        read = CATALOGUE[calling.action]
        taken = {name: each for name, each in wish.items() if name in CATALOGUE[action].spec.arguments.members}
        arguments = given(calling, self._context(action, facts).with_arguments(taken), read.spec.arguments)
        if arguments is None:
            return Looked(read.spec.result, Outcome(OutcomeKind.INVALID))
        proofs = (Proof("whatsapp", self.phone, verified=True),)
        context = Context(Actor("ai", "AI"), NOW, "key", customer=Asking("Ana", identities=proofs))
        return Looked(read.spec.result, await run_action(read, arguments, context))

    def _context(self, action: str, facts: Mapping[str, Looked], confirmed: str | None = None) -> PolicyContext:
        customer = Customer(uuid4(), "Ana", NOW)
        identity = Identity(uuid4(), customer.id, "whatsapp", self.phone, phone=self.phone, verified_at=NOW)
        return policy_context(
            a_ticket("open", type="order_change", category="orders"),
            playbook(),
            action=CATALOGUE[action].spec,
            conversation=Conversation(uuid4(), customer.id, "Ana", "whatsapp", "+1", self.phone, None, 1),
            customer=customer,
            identities=[identity],
            proven=True,
            facts=facts,
            earlier=self.earlier,
            now=NOW,
            confirmed=confirmed,
        )
