"""Processes are killed at random instants while customers write; afterwards the books must balance.

`town.py` is who writes what and what must come of it, `house.py` the processes and their killer, `books.py` the
balance.
"""
