"""Mail in by SMTP, for desks to which another mail server forwards: an event of the inbox for each mail.

`door.py` `listen` is the way in; it says yes to a mail only when whoever was asked has stored it. `session.py` is one
client's conversation, `event.py` (pure) what is made of its lines. Nothing of a mail is read here: `../reader.py` does.
"""

from connectors.email.listening.door import Accept, Door, listen

__all__ = ["Accept", "Door", "listen"]
