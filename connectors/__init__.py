"""Channels to customers. One folder a channel, the same few files every time; `contract.py` says what each must do.

Connectors know messages, never tickets, and never one another. Registry: `registry.py`.
"""
