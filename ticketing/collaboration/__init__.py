"""Working on tickets together: watchers, links, tags, due dates, owners, hand-offs, merges (SPEC 2.2, 2.6, 9)."""
