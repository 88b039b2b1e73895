"""Files: those that customers send, and those of the team, with a reply or a comment. Start in `attachment.py`."""
