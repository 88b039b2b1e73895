"""Drafting a reply: a brain suggests the words, a person edits and sends them. Nothing here sends anything.

`draft.py` holds what a brain is told and what it suggests, `check.py` what is believed of that; `suggest.py` has the
use cases. What is suggested waits for its form for a day and is then forgotten (`storage/prune.py`).
"""
