"""Recipes, policies and autonomy: what the compiler makes of them, and what it refuses."""
