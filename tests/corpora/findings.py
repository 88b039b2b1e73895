"""What one check found."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Finding:
    """`allowed` counts differences that are known and have a reason."""

    name: str
    checked: int = 0
    allowed: int = 0
    failures: list[str] = field(default_factory=list)
