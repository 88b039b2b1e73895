"""Autonomous resolution: a brain proposes, policy disposes, and every step is on record (SPEC 7.4, 7.5)."""
