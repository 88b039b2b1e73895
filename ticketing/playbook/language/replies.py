"""The section `replies`: saved replies, and what they leave open."""

from ticketing.playbook.closest import closest
from ticketing.playbook.language.names import Known
from ticketing.playbook.places import FIELD, PLACES, places
from ticketing.playbook.playbook import SavedReply


def replies(known: Known) -> dict[str, SavedReply]:
    """Every saved reply, checked."""
    entries = known.document.replies
    known.labels(("replies",), [(key, each.label) for key, each in entries.items()], of="Replies")
    for key, entry in entries.items():
        for offset, name in places(entry.text):
            if not _is_known(name, known):
                choices = [*PLACES, *(FIELD + field for field in known.document.fields)]
                message = f"Nothing can be filled in for {{{{{name}}}}}"
                known.report.add(("replies", key, "text"), message, closest(name, choices), offset=offset)
    return {key: SavedReply(key, entry.label, entry.text) for key, entry in entries.items()}


def _is_known(name: str, known: Known) -> bool:
    return name in PLACES or (name.startswith(FIELD) and known.has("fields", name.removeprefix(FIELD)))
