"""Processes die, PostgreSQL restarts and providers fail while customers write and colleagues work; afterwards the books
must balance. `python -m chaos` runs it; docs/chaos.md says what is done and how it is judged.

`town.py` is who writes what and what must come of it, `office.py` what colleagues do in Slack, `house.py` everything
that runs, `deaths.py` what dies when, `books/` the balance, `storm.py` one whole run.
"""
