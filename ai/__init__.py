"""What understands customers: the brains (`offline/` so far) and how well they do it (`evaluation.py`).

Implements the `Brain` of `ticketing/brain.py`. Proposes; the rules in `ticketing` decide. Stores nothing.
Start with `offline/brain.py`.
"""
