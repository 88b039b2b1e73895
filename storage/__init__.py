"""PostgreSQL: the only folder that writes SQL. Tables, the unit of work, jobs, migrations, the embedded engine.

Start with `unit_of_work.py`. This file imports nothing: the guardian of the embedded engine stays small.
"""
