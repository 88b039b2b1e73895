"""Message templates: what a provider has approved, and so may be sent when a conversation's window is closed.

They are made at the provider and synced from there; here they are filled in and sent. Start in `template.py`.
"""
