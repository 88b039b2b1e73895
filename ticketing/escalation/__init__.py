"""Tickets that a rule of the playbook hands to people, with what they need to go on at once (SPEC 7.6).

Start reading at `consider.py`: when something happened to a ticket, and when its time has come.
"""
