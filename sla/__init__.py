"""Service levels as arithmetic on values: when a desk is open, how long something took, when it is due, and why.

Nothing here reads a clock or does I/O, and nothing here knows tickets. Start with `calendar.py` (open time), then
`clock.py` (a clock as a fold over what happened), then `explain.py`. How time is reckoned: docs/sla.md.
"""
