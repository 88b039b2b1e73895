"""The process as values: ticket types, categories, lifecycles, fields, approvals. The rules read it.

`playbook.py` is the whole; `language/` makes one from a document and refuses what could not work; `facts.py` says what
conditions may ask about, `checking/` whether one makes sense. Nothing here reads a file.
"""
