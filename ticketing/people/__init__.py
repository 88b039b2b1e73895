"""The people of the desk, their teams, and the one permission function."""
