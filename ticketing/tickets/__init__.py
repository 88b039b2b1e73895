"""Tickets: the value, its one transition function, and a use case for each thing people do with one."""
