"""Bytes to values: headers, addresses, dates, the tree of parts, bodies and files. Linear, bounded, never raising."""
