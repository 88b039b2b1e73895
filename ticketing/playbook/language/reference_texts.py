"""What the reference says beside its tables: `reference.py` puts the page together."""

from ticketing.playbook.expressions import LONGEST
from ticketing.playbook.language.reading import MOST_BYTES

INTRODUCTION = f"""# The playbook: reference

A playbook is one YAML document that holds a desk's whole process. It is checked as a whole before anything of it
counts: each problem is told with file, line, column and what to do. [The tutorial](playbook-tutorial.md) builds a
small one from nothing; three complete ones are in [`examples/playbooks`](../examples/playbooks). This page is made
from the code (`make reference`).

- **Keys** (of types, statuses, fields, …) are what is stored: small letters, digits and `_`, a letter first, 40
  characters at most. **Labels** are what people read, and can change freely: 75 characters at most, no two alike
  beside each other.
- **Lengths of time**: `5d`, `3h`, `30m`, `90s`, `1d 12h`.
- **Lists** of one may be written without brackets: `to: closed`.
- **YAML**: only `true` and `false` are yes and no; `no`, `on` and dates are text. References (`&`, `*`) and tags
  (`!`) are not used. A condition that begins with a quote or `!` stands in single quotes as a whole. {
    MOST_BYTES // 1024
} KB at most.
"""

CONDITIONS = f"""## Conditions

Conditions are [CEL](https://cel.dev) expressions of {LONGEST:,} characters at most, with these parts of CEL:

- `==` `!=` `<` `<=` `>` `>=` `in`, `&&` `||` `!`, `? :`, `+` `-` `*` `/` `%`, brackets, lists like `["a", "b"]`
- of text: `.contains("…")` `.startsWith("…")` `.endsWith("…")` `.matches(r'…')`, `size(…)`
- of lists: `"a" in ticket.tags`, `size(…)`, `.exists(x, x == "a")` `.all(…)` `.exists_one(…)`
- of instants: `now - ticket.created_at > duration("48h")`, `timestamp("2026-12-31T00:00:00Z")`. Durations are in
  `h`, `m`, `s`
- `has(customer.attributes.vip)`, `double(size(…))`

Text, numbers, dates and the rest are only compared with their like. Whole numbers compare with others but do not
calculate with them: `fields.amount * 2.0`. What has an option list (types, statuses, dropdowns, …) is only compared
with what is in it.

**What has no value** is `null`, and a comparison with it has no answer: `fields.amount > 200` neither holds nor
fails while the amount is unknown. Then the safe side is taken: an approval is needed, a field stays hidden, a
transition stays closed. Say what you mean instead: `fields.amount != null && fields.amount > 200`.

| Name | What it is | |
|---|---|---|
"""

RESOLVING = """## Values

Arguments of actions, `sets` of a policy, `fills` of a recipe and `amount` are expressions like conditions, and give a
value instead of yes or no: `fields.order_number`, `facts.order.total - 5.0`, `"damaged"` (a text stands in quotes of
its own: `'"damaged"'`). What each gives has to be what the action or the field takes.

## Names in policies

Everything in the table above but `actor`, `sla`, `ticket.issues`, `ticket.open_hours` and `ticket.subject`, which the
customer writes, and the fields that come from their words: those with `fill` from `entity`, `intent`, `category` or
`sentiment`, and those that a recipe asks for (`asks`). Such a field may say which order it is about, in `with` of a
recipe; what the order is worth and when it arrived is looked up. And:

| Name | What it is |
|---|---|
| `arguments.NAME` | what the action would be called with: from a brain, or from `sets` |
| `facts.KEY.…` | what the actions under `facts` gave: facts of other systems, never a customer's words |
| `customer.emails`, `customer.phones` | lists of texts: only addresses and numbers that are verified |
| `customer.proven` | yes or no: whether it is certain that they wrote this |
| `earlier.count`, `earlier.amount` | how often this was done for the customer within `window`, and for how much |
| `confirmed` | yes or no: the customer said yes to exactly this. Only in rules with `otherwise: {confirm: …}` |

A `when` of a recipe, and of what follows in it, asks about tickets as other conditions do, but for the first four of
these. `fills` may use all that policies may.

## What holds whatever a playbook says

A write without a policy is refused, and so is one whose arguments are not what the action takes. Nobody whose name is
not certain (`customer.proven`) gets one. The amount has to be known, more than nothing, and one that can be paid. A
ticket that a person has, that is closed or was handed to people, is left alone, and so is every ticket while the AI
is switched off. An action is called once, however often something breaks on the way.
"""

REFUSED = """## What is refused

All at once, each with its place: names that there are not (with the one that was meant); labels that stand twice;
statuses that no ticket reaches or leaves; lifecycles without a way to close; a clock that stays paused for ever
because nobody of the desk can lead a ticket on; statuses that move on in a circle; answers, offers and `moves_on`
without a transition, or with one that asks for a note or an approval that nobody is there to give; mandatory fields
that a type does not have or that are always hidden; fields whose showing depends on itself; approvals that nobody
can give; conditions of unlike things, about nothing, or that can never hold; bounds that cross; patterns that
describe more than anybody types.

Of what the AI may do: actions that the desk does not have, that are not for the AI, that write where a fact is wanted
or read where something is to be done; arguments and values of the wrong kind, and those that nothing gives; an action
that writes without a policy; a policy for one that reads; caps on amounts that nobody knows; recipes that no type has
or that never apply; moves that `ai` may not make, that need what the recipe does not give, or an approval after it is
done; a recipe that leaves the ticket where it looks untouched; autonomy without recipes or without who confirms.

## Later

These have their place in the language, and are refused as not in this version yet: the sections {sections};
of a type {of_types}; the actions {actions}.
"""
