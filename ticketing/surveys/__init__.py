"""Asking customers how we did (CSAT): when, in which form, and what an answer is."""
