"""Autonomous resolution as rules: what policy says of a proposal, and what it depends on."""
