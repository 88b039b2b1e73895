"""The pages on the playbook say what is so: the reference is made from the models, the tutorial's steps compile."""

import re
from collections.abc import Iterator
from pathlib import Path

from ticketing.playbook.language import compile_playbook
from ticketing.playbook.language.reference import reference

DOCS = Path(__file__).parents[3] / "docs"


def test_the_reference_is_what_the_models_say() -> None:
    assert (DOCS / "playbook.md").read_text() == reference(), "Run: make reference"


Document = dict[str, dict[str, str]]  # sections, and what stands in them by its key


def steps() -> Iterator[tuple[str, str]]:
    """The fenced blocks of the tutorial with their kinds. `yaml part`: what the next block goes on with."""
    fence = re.compile(r"^```(yaml|yaml part|refused)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    for match in fence.finditer((DOCS / "playbook-tutorial.md").read_text()):
        yield match[1], match[2]


def pieces(text: str, indent: str) -> dict[str, str]:
    parts = re.split(rf"^(?={indent}[a-z])", text, flags=re.MULTILINE)
    return {part.split(":")[0].strip(): part.rstrip() for part in parts if part.strip()}


def add(document: Document, block: str) -> None:
    """What is new is added, what has the name of something earlier replaces it."""
    for name, text in pieces(block, "").items():
        first, _, rest = text.partition("\n")
        document.setdefault(name, {})[""] = first
        document[name] |= pieces(rest, "  ")


def written(document: Document) -> str:
    return "\n".join("\n".join(section.values()) for section in document.values()) + "\n"


def says(text: str) -> list[str]:
    return [str(each) for each in compile_playbook(text, file="playbook.yaml").problems]


def test_every_step_of_the_tutorial_compiles_or_says_what_the_page_says() -> None:
    document: Document = {}
    kinds = []
    for kind, block in steps():
        kinds.append(kind)
        if kind == "refused":
            before, after, told = re.split(r"^(?:becomes|says)\n", block, flags=re.MULTILINE)
            assert written(document).count(before) == 1, before
            assert says(written(document).replace(before, after)) == told.splitlines()
            continue
        add(document, block)
        assert kind == "yaml part" or says(written(document)) == []
    assert kinds.count("refused") == 5
    assert kinds[-1] == "yaml"
