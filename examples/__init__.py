"""What a desk can be tried with: playbooks to begin from, actions to copy, and the shop that the stories are about.

Nothing of Threadline imports this. The shop imports nothing of Threadline either: both know each other by HTTP. The
actions are written as a desk would write its own: with the package `threadline` and nothing else.
"""
