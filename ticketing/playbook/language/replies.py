"""The section `replies`: saved replies, and what they leave open."""

from ticketing.playbook.closest import closest
from ticketing.playbook.language.models import SavedReply as Written
from ticketing.playbook.language.names import Known
from ticketing.playbook.language.problems import Path
from ticketing.playbook.places import FIELD, PLACES, places
from ticketing.playbook.playbook import SavedReply


def replies(known: Known) -> dict[str, SavedReply]:
    """Every saved reply, checked."""
    entries = known.document.replies
    known.labels(("replies",), [(key, each.label) for key, each in entries.items()], of="Replies")
    for key, entry in entries.items():
        check_places(("replies", key, "text"), entry.text, known)
        _check_translations(("replies", key, "in"), entry, known)
    return {
        key: SavedReply(key, entry.label, entry.text, translations=entry.translations) for key, entry in entries.items()
    }


def check_places(path: Path, text: str, known: Known) -> None:
    """Tells what is left open and nothing fills in."""
    for offset, name in places(text):
        if not _is_known(name, known):
            choices = [*PLACES, *(FIELD + field for field in known.document.fields)]
            message = f"Nothing can be filled in for {{{{{name}}}}}"
            known.report.add(path, message, closest(name, choices), offset=offset)


def _check_translations(path: Path, entry: Written, known: Known) -> None:
    """Each says what the others say, and nobody else's language twice."""
    said = {name for _, name in places(entry.text)}
    seen: dict[str, str] = {}
    for tongue, text in entry.translations.items():
        first = seen.setdefault(tongue.lower(), tongue)
        if first != tongue:
            known.report.add((*path, tongue), f"{tongue} is {first}", "Keep one of them.", at_key=True)
        check_places((*path, tongue), text, known)
        for name in sorted(said - {name for _, name in places(text)}):
            message = f"{tongue} does not say {{{{{name}}}}}, which the text says"
            known.report.add((*path, tongue), message, "Put it in, or take it out of the text.")


def _is_known(name: str, known: Known) -> bool:
    return name in PLACES or (name.startswith(FIELD) and known.has("fields", name.removeprefix(FIELD)))
