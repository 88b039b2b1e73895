"""Checks a condition before anything asks it: unknown names, unlike things compared, an answer that is not yes or no.

What passes here evaluates without an error where every name has a value (a property test holds them together).
`checker.py` walks through the tree and knows names, `operators.py` what may stand on both sides of one, `calls.py` the
functions there are.
"""

from ticketing.playbook.checking.checker import Checked, check, check_value
from ticketing.playbook.checking.faults import Fault

__all__ = ["Checked", "Fault", "check", "check_value"]
