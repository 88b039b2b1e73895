"""`threadline templates` and `threadline conversations start`, as an admin types them."""

import json

from tests.app.shell import Shell


def test_without_templates_the_commands_say_what_to_do(threadline: Shell) -> None:
    assert threadline("templates", "sync") == "No channel that is on has templates.\n"
    assert threadline("templates", "list") == "None yet. Fetch them: threadline templates sync\n"
    assert json.loads(threadline("templates", "list", "--json")) == []
    assert "There is no template hello" in threadline("templates", "fallback", "hello", code=1)


def test_a_first_message_needs_a_number_and_a_template(threadline: Shell) -> None:
    start = ("conversations", "start", "whatsapp")
    assert "is no phone number" in threadline(*start, "12", "--template", "hello", code=2)
    assert "is not like 1=Clara" in threadline(*start, "+4915112345678", "--template", "h", "--var", "x", code=2)
    assert "whatsapp is switched off" in threadline(*start, "+49 1511 2345678", "--template", "hello", code=1)
    assert "say either --template or --text" in threadline(*start, "+49 1511 2345678", code=2)


def test_a_first_mail_needs_an_address_and_a_channel_that_is_on(threadline: Shell) -> None:
    start = ("conversations", "start", "email")
    assert "is no e-mail address" in threadline(*start, "clara", "--text", "Hello", code=2)
    for more in ((), ("--subject", "Mug", "--from", "desk@shop.example")):
        assert "email is switched off" in threadline(*start, "clara@x.example", "--text", "Hello", *more, code=1)
