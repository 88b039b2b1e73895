"""The unit of work's parts, one file a port of `ticketing/ports.py`. Rows become frozen values here."""
