"""Values every layer shares: errors, ids, instants, messages, events. Standard library only.

Nothing here does I/O and nothing here knows tickets, Slack or SQL. Start with `messages.py`.
"""
