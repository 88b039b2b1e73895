"""The record of who changed what, when: append-only streams, each a hash chain."""
