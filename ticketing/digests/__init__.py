"""The daily digest: what waits for somebody this morning, and what the last working day came to (SPEC 5.5)."""
