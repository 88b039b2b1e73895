"""A customer's mailbox at the page: what they write goes to the desk's server, what comes is shown and harms nobody."""

import base64
from typing import Any

import pytest

from emulators.mail import MailCustomer, Mailer
from tests.emulators.simulator.conftest import Scene

DESK = "desk@shop.example"
HTML = "<html><head><title>x</title></head><body><script>alert(1)</script><b>Hello</b></body></html>"


@pytest.fixture
def desk(scene: Scene) -> MailCustomer:
    return scene.mail.customer(DESK, name="Shop", mailer=Mailer.NONE)


@pytest.fixture
def dana(scene: Scene) -> MailCustomer:
    return scene.mail.customer("dana@customer.example", name="Dana")


async def shown(scene: Scene, of: MailCustomer) -> list[dict[str, Any]]:
    facts = await scene.facts()
    return [value for key, value in facts.items() if key.startswith(f"mail/{of.address}:")]


async def test_a_mail_with_files_goes_to_the_desk_and_stands_in_the_mailbox(
    scene: Scene, desk: MailCustomer, dana: MailCustomer
) -> None:
    mine = {"name": "a.html", "type": "text/html", "content": base64.b64encode(b"<script>").decode()}
    sent = {"subject": "Mug\r\nBcc: x@y.example", "text": "Broken", "files": [{"sample": "picture"}, mine]}
    done = (await scene.do("mail_write", number=dana.address, **sent)).json()
    assert (done["ok"], done["thread"]) == (True, 1)
    (came,) = desk.inbox
    assert (came.subject, came.text.strip()) == ("Mug Bcc: x@y.example", "Broken")
    assert [(each.name, each.content_type) for each in came.files] == [
        ("picture.jpg", "image/jpeg"), ("a.html", "text/html"),
    ]  # fmt: skip
    (mail,) = await shown(scene, dana)
    assert (mail["mine"], mail["arrived"], mail["text"], mail["page"]) == (True, True, "Broken", None)
    picture, page = [await scene.page.get(each["url"]) for each in mail["files"]]
    assert picture.headers["content-type"] == "image/jpeg"
    assert page.headers["content-type"] == "application/octet-stream"
    assert page.headers["content-disposition"].startswith("attachment")


async def test_an_answer_is_shown_as_its_own_page_in_which_nothing_runs_and_its_answer_quotes_it(
    scene: Scene, desk: MailCustomer, dana: MailCustomer
) -> None:
    await scene.do("mail_write", number=dana.address, subject="Mug", text="Broken")
    came = desk.inbox[0]
    answer = (
        f"From: Shop <{DESK}>\r\nReply-To: desk+t.1@shop.example\r\nMessage-ID: <a@shop.example>\r\n"
        f"Subject: Re: Mug\r\nIn-Reply-To: {came.id}\r\nContent-Type: text/html\r\n\r\n{HTML}\r\n"
    )
    await dana.receive(DESK, dana.address, answer.encode())
    _, mail = await shown(scene, dana)
    assert (mail["thread"], mail["read"], mail["mine"]) == (1, False, False)
    page = await scene.page.get(mail["page"])
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-same-origin" in policy
    assert "allow-scripts" not in policy
    assert '<head><base target="_blank">' in page.text
    assert (await scene.do("mail_read", number=dana.address, thread=1)).json() == {"read": 1}

    scene.mail.bring(DESK, desk.receive)
    await scene.do("mail_reply", number=dana.address, mail=2, text="Thanks")
    *_, mine = await shown(scene, dana)
    assert (mine["text"], mine["to"], mine["subject"]) == ("Thanks", "desk+t.1@shop.example", "Re: Mug")
    assert "wrote:" in mine["rest"]
    assert desk.inbox[-1].references == (came.id, "<a@shop.example>")


async def test_a_new_customer_has_an_address_of_their_own(scene: Scene) -> None:
    first, second = [(await scene.do("mail_customer", name="Zoë Müller")).json() for _ in range(2)]
    assert [first["address"], second["address"]] == ["zoe.muller@customer.example", "zoe.muller.2@customer.example"]
    assert (first["channel"], first["name"]) == ("email", "Zoë Müller")
    assert (await scene.do("mail_customer", name=" ")).status_code == 409


async def test_a_mailbox_can_answer_by_itself_and_be_given_up(scene: Scene, dana: MailCustomer) -> None:
    away = (await scene.do("mail_away", number=dana.address, text="Back on Monday.")).json()
    assert away["away"] == dana.away == "Back on Monday."
    assert (await scene.do("mail_gone", number=dana.address, gone=True)).json()["gone"]
    assert (await scene.facts())[f"customer/{dana.address}"]["gone"]
    assert not (await scene.do("mail_gone", number=dana.address, gone=False)).json()["gone"]


async def test_what_is_not_there_is_not_found(scene: Scene, dana: MailCustomer) -> None:
    for path in (f"/mail/{dana.address}/7", f"/mail/{dana.address}/7/0", "/mail/nobody@x.example/1"):
        assert (await scene.page.get(path)).status_code == 404
    assert (await scene.do("mail_reply", number=dana.address, mail=7, text="x")).status_code == 400
    bad = [{"name": "a", "content": "<>"}]
    assert (await scene.do("mail_write", number=dana.address, subject="s", text="x", files=bad)).status_code == 400
