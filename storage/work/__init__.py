"""The unit of work's parts, one file a port of `ticketing/ports.py`. Rows become frozen values here.

Rows are locked with `key_share`: a plain FOR UPDATE would keep out everybody who inserts a row that refers to the
locked one. A reply holds its ticket and refers to its conversation, triage holds the conversation and wants its
tickets: they would wait for one another.
"""
