"""The balance after a storm: what was written and done against what is stored, shown and sent.

Each file adds lines to the same `Books`; a line says what is, what should be, and each single thing that is wrong.
"""

from chaos.books.balance import balance
from chaos.books.books import Books, Line

__all__ = ["Books", "Line", "balance"]
