"""The embedded engine, tried with real processes: every test starts a real PostgreSQL or proves that none starts."""
