"""Offers: a proposed solution that the customer accepts or not, by a button or in a word (SPEC 3.2)."""
