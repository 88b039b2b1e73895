"""Questions to the database that are no part of a use case, each named for what it asks."""
