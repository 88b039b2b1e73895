"""What stands for a mail that is not taken: its headers, so that customer and thread are known, and our words.

A note is a mail itself, so whoever reads mails reads it. `X-Threadline-Not-Taken` is its first header.
"""

from urllib.parse import quote

NOT_TAKEN = "X-Threadline-Not-Taken"
MOST_HEADERS = 256 * 2**10  # bytes that are kept of them
_MB = 2**20
# What says how the body is to be read, which is not there.
_OF_THE_BODY = (b"content-", b"mime-version:", NOT_TAKEN.lower().encode() + b":")


def mail_url(address: str, folder: str, validity: int, uid: int) -> str:
    """Where a mail lies, without a secret: imap://support@shop.example/INBOX;UIDVALIDITY=7;UID=42"""
    return f"imap://{quote(address, safe='@')}/{quote(folder, safe='')};UIDVALIDITY={validity};UID={uid}"


def too_large(headers: bytes, *, size: int, most: int, address: str, folder: str) -> bytes:
    """In place of a mail of `size` bytes, of which at most `most` are taken."""
    words = (
        f"[A mail of {_megabytes(size)} MB was not taken: it is larger than the {most // _MB} MB that are taken.\r\n"
        f"It lies in the mailbox {address}, in the folder {folder}.]\r\n"
    )
    return _note(headers, f"too-large; size={size}", words)


def unreadable(headers: bytes, *, uid: int, address: str, folder: str) -> bytes:
    """In place of a mail that the server could not give us, however often it was asked."""
    words = (
        "[A mail was not taken: the mail server could not hand it over, although it was asked several times.\r\n"
        f"It lies in the mailbox {address}, in the folder {folder} (UID {uid}). To have it tried again, move it to"
        " another folder and back.]\r\n"
    )
    return _note(headers or b"Subject: A mail that the server could not hand over\r\n", f"unreadable; uid={uid}", words)


def headers_of(mail: bytes) -> bytes:
    """The header block of a whole mail."""
    head = mail[:MOST_HEADERS]
    ends = [at for end in (b"\r\n\r\n", b"\n\n") if (at := head.find(end)) >= 0]
    return head[: min(ends)] if ends else head


def _note(headers: bytes, why: str, words: str) -> bytes:
    kept: list[bytes] = []
    dropping = False
    for line in headers[:MOST_HEADERS].splitlines():
        if not line.strip():
            continue
        if line[:1] not in b" \t":
            dropping = line.lower().startswith(_OF_THE_BODY)
        if not dropping:
            kept.append(line)
    ours = [f"{NOT_TAKEN}: {why}".encode()]
    form = [b"MIME-Version: 1.0", b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: 8bit"]
    return b"\r\n".join([*ours, *kept, *form, b"", words.encode()])


def _megabytes(size: int) -> int:
    return -(-size // _MB)
