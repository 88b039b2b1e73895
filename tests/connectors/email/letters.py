"""Mails for tests, as bytes. Written by us; none was ever sent."""

from connectors.email import Mail, read

HEAD = {
    "From": "Dana Customer <dana@customer.example>",
    "To": "Support <desk@shop.example>",
    "Subject": "Broken mug",
    "Message-ID": "<m1@customer.example>",
    "Date": "Mon, 23 Nov 2026 10:00:00 +0100",
}


def letter(body: str | bytes = "The mug is broken.", **headers: str | None) -> bytes:
    """A mail; `headers` are further ones, with _ for -, or take one away with None."""
    said: dict[str, str] = dict(HEAD)
    for name, value in headers.items():
        plain = name.replace("_", "-")
        known = next((each for each in said if each.lower() == plain.lower()), plain)
        if value is None:
            said.pop(known, None)
        else:
            said[known] = value
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    content = body.replace("\n", "\r\n").encode() if isinstance(body, str) else body
    return head.encode("utf-8", "surrogateescape") + b"\r\n" + content


def mail(body: str | bytes = "The mug is broken.", **headers: str | None) -> Mail:
    """The same, read."""
    return read(letter(body, **headers))


def multipart(*parts: str, kind: str = "mixed", boundary: str = "cut", parameters: str = "") -> tuple[str, str]:
    """The value of Content-Type, and the body. Each part has its own headers, and a blank line after them."""
    body = "".join(f"--{boundary}\n{part}\n" for part in parts) + f"--{boundary}--\n"
    return f'multipart/{kind}; boundary="{boundary}"{parameters}', body


def of_parts(*parts: str, kind: str = "mixed", **headers: str | None) -> Mail:
    """A multipart mail, read."""
    content_type, body = multipart(*parts, kind=kind)
    return mail(body, **{"Content_Type": content_type, **headers})
