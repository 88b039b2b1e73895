"""Jobs: PgQueuer behind one enqueue function and one runner that sets what its defaults get wrong (docs/decisions)."""
