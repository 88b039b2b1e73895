"""Actions to copy from: `THREADLINE_ACTIONS=examples.actions.shop` (docs/actions.md)."""
