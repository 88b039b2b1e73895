"""The desk's rules and use cases. They take values and `now`, and return values and events; no I/O, no SQL, no vendor.

Rooms: `conversations/` `tickets/` `triage/` `people/` `activity/` `playbook/`. What the rules need from the world is in
`ports.py`; `desk.py` is the one door that Slack, web, API, AI and clock knock at. Start there.
"""
