"""Customers: who they are on each channel, what is known of them, and when two of them are one."""
