"""What the embedded engine raises, in words for the person who started the program."""

import json


class EngineFailed(Exception):
    """PostgreSQL could not be started: what happened, why, what to do next, and the end of its log."""

    def __init__(self, what: str, *, why: str, remedy: str, log: str = "") -> None:
        super().__init__(what, why, remedy, log)
        self.what = what
        self.why = why
        self.remedy = remedy
        self.log = log

    def __str__(self) -> str:
        text = f"{self.what}\n  Why: {self.why}\n  What to do: {self.remedy}"
        if self.log.strip():
            text += "\n  Last lines of the log:\n" + "\n".join(f"    {line}" for line in self.log.strip().splitlines())
        return text

    def to_json(self) -> str:
        return json.dumps({"what": self.what, "why": self.why, "remedy": self.remedy, "log": self.log})

    @classmethod
    def from_json(cls, text: str) -> "EngineFailed":
        """Read back what another process wrote with `to_json`. Raises ValueError, KeyError on anything else."""
        fields = json.loads(text)
        return cls(fields["what"], why=fields["why"], remedy=fields["remedy"], log=fields["log"])
