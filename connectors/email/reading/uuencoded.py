"""Files that stand in the text itself, between `begin` and `end`, as mailers without MIME send them."""

import re

from connectors.email import limits
from connectors.email.mail import Attachment
from connectors.email.reading.transfer import uudecoded

_BEGIN = re.compile(r"^begin [0-7]{3,4} ([^\n]{1,200})\n(?=([ -`][^\n]{4,100})\n)", re.M)
_END = "\nend"


def without_files(text: str) -> tuple[str, list[Attachment]]:
    """The text with such files taken out, and the files. What only looks like one stays."""
    if "begin " not in text:
        return text, []
    kept: list[str] = []
    files: list[Attachment] = []
    at, last = 0, text.rfind(_END)
    while len(files) < limits.UUENCODED and (begin := _BEGIN.search(text, at)):
        if begin.end() > last:
            break
        end = text.index(_END, begin.end() - 1)
        if not _is_encoded(begin[2]):
            kept.append(text[at : begin.end()])
            at = begin.end()
            continue
        content = uudecoded(text[begin.end() : end].encode("ascii", "replace").split(b"\n"))
        files.append(Attachment(begin[1].strip(), "application/octet-stream", content))
        kept.append(text[at : begin.start()])
        at = end + len(_END)
    return "".join([*kept, text[at:]]), files


def _is_encoded(line: str) -> bool:
    """Whether a line is as long as its first letter says."""
    length = (ord(line[0]) - 32) & 63
    return length > 0 and 0 <= len(line.rstrip("\r")) - 1 - (length + 2) // 3 * 4 <= 2
