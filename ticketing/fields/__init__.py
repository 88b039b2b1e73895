"""Custom fields of tickets: what a value may be, which are asked for, and where one came from (SPEC 3.3).

Begin with `values.py` (from what people type to what is stored) and `visibility.py` (which fields there are now).
What a playbook says of a field is a value of `ticketing/playbook/fields.py`.
"""
