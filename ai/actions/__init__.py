"""Actions: what the desk can do in other systems (SPEC 8). Finds them, runs them, and says in words what came of it.

`registry.py` collects those of modules, entry points and the playbook; `running.py` is the only way to call one.
"""
