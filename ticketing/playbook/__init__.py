"""The process as values: ticket types, categories, lifecycles. The rules read it; nothing here reads a file."""
