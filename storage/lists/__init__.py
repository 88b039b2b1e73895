"""Lists, aggregates and search over any number of tickets (docs/lists.md)."""
