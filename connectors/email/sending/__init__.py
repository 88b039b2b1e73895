"""Mail out: a message of ours becomes a mail (pure), and is handed to our mail server.

`writing.py` makes the mail, of `fields.py` (its header), `page.py` (its words as HTML) and `attaching.py` (its files,
a piece at a time). `client.py` hands it over, through `connections.py`; `refusals.py` says what an answer of the server
means for the outbox. Reading mail is `../reading`; nothing here parses what strangers wrote.
"""
