"""What people see in Slack, as pure functions: values in, blocks out. No calls, no clock, no rules about who may.

`ticket_card.py` is the card in the channel, `thread_entry.py` what stands below it, and there is a file for each
modal. `parts.py` has the few shapes they are made of; `words.py` what things are called.
"""
