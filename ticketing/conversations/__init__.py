"""Conversations and their messages: filing, claiming, replying, delivery. What a message means is `triage/`."""
