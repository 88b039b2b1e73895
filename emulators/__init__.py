"""Providers on localhost: small servers that speak the wire protocols of Slack, Twilio, Telegram,
Anthropic and mail.

The real SDKs talk to them in tests, in benchmarks and in the demo. They check what the provider would
check (limits, schemas, tokens, signatures' counterparts), record every call, and inject faults by script or by a
seeded chance (`chance.py`). `proxy.py` is a bad network to put in front of any of them, or of us. `waiting.py` and
`loopback.py` are for whoever runs us around them: to wait for effects, and for a port to do so on.
They import nothing of Threadline's other packages, so they cannot share a mistake with what they test.
Start reading at `server.py` (how one is run) and `slack/workspace.py`.
"""
