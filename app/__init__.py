"""The composition root: settings, wiring, processes, the command line. Nothing imports it.

Start with `subscriptions.py` (every consequence of every event) and `wiring.py` (what is made of what).
"""
