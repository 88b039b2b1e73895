"""The playbook language: a YAML document that a support lead reads and writes, and the compiler that checks it.

`models.py` says what may be written; `compiler.py` is where to start reading. Nothing here reads a file or a database.
"""

from ticketing.playbook.language.compiler import Compiled, compile_playbook
from ticketing.playbook.language.problems import Problem

__all__ = ["Compiled", "Problem", "compile_playbook"]
