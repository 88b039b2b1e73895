"""The record of changes, tampered with and exported."""
