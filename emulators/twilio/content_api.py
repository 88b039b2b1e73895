"""Templates, senders and the account itself, as the API's operations. Each takes the account and the question."""

from emulators.twilio import refusals
from emulators.twilio.account import Account
from emulators.twilio.answers import Answer, meta_page, nothing_at, page_of
from emulators.twilio.messages import API_VERSION, rfc2822
from emulators.twilio.questions import Question
from emulators.twilio.refusals import Refusal, Refused
from emulators.twilio.senders import Sender
from emulators.twilio.setup import PREFIX
from emulators.twilio.templates import Template

_CONTENT = "https://content.twilio.com"
_MESSAGING = "https://messaging.twilio.com"


async def templates_listed(account: Account, question: Question) -> Answer:
    shown = page_of(question, [*account.setup.templates.values()])
    return meta_page(question, shown, "contents", [each.resource() for each in shown.items], host=_CONTENT)


async def approvals_listed(account: Account, question: Question) -> Answer:
    shown = page_of(question, [*account.setup.templates.values()])
    return meta_page(question, shown, "contents", [each.with_approval() for each in shown.items], host=_CONTENT)


async def template_fetched(account: Account, question: Question) -> Answer:
    return Answer(200, _template(account, question).resource())


async def approval_fetched(account: Account, question: Question) -> Answer:
    return Answer(200, _template(account, question).approval())


async def senders_listed(account: Account, question: Question) -> Answer:
    if question.one("Channel") != "whatsapp":
        raise Refused(Refusal(20001, 400, "Channel must be one of: whatsapp, rcs"))
    shown = page_of(question, [*account.senders.values()])
    return meta_page(question, shown, "senders", [each.resource() for each in shown.items], host=_MESSAGING)


async def sender_fetched(account: Account, question: Question) -> Answer:
    return Answer(200, _sender(account, question).resource())


async def sender_updated(account: Account, question: Question) -> Answer:
    """Sets what of the webhook is given; nothing of the profile, which goes to Meta for review."""
    sender = _sender(account, question)
    webhook = question.json.get("webhook") if isinstance(question.json, dict) else None
    if not isinstance(webhook, dict):
        raise Refused(refusals.BAD_SENDER_REQUEST)
    sender.change(webhook)
    return Answer(202, sender.resource())


async def account_fetched(account: Account, question: Question) -> Answer:
    del question
    sid, uri = account.account_sid, f"/{API_VERSION}/Accounts/{account.account_sid}"
    body = {
        "auth_token": account.auth_token,
        "date_created": rfc2822(account.setup.created_at),
        "date_updated": rfc2822(account.setup.created_at),
        "friendly_name": account.setup.friendly_name,
        "owner_account_sid": sid,
        "sid": sid,
        "status": account.setup.status,
        "subresource_uris": {"messages": f"{uri}/Messages.json"},
        "type": "Full",
        "uri": f"{uri}.json",
    }
    return Answer(200, body)


def _template(account: Account, question: Question) -> Template:
    template = account.setup.templates.get(question.ids["content"])
    if template is None:
        raise nothing_at(question)
    return template


def _sender(account: Account, question: Question) -> Sender:
    asked = question.ids["sender"]
    for sender in account.senders.values():
        if asked in (sender.sid, PREFIX + sender.number):
            return sender
    raise nothing_at(question)
