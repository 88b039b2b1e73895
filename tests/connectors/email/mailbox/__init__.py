"""The mailbox, against a real Dovecot; and against a server that does what Dovecot never would."""
