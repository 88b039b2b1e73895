"""Slack: the team's door to the desk. Cards, threads, modals.

`handlers/` has one file per intention of a person (decode, call the desk, answer, acknowledge); `views/` are pure
functions from a read model to blocks; `showing/` keeps cards and threads true. Rules live in `ticketing/`, not here.
"""
