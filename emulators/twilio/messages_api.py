"""Messages and their files, as the API's operations. Each takes the account and the question; raises Refused."""

from emulators.twilio import refusals
from emulators.twilio.account import Account
from emulators.twilio.answers import Answer, nothing_at, page
from emulators.twilio.ledger import sent_filter
from emulators.twilio.media import AT_THE_API, Media
from emulators.twilio.messages import Message
from emulators.twilio.questions import Question
from emulators.twilio.refusals import Refusal, Refused


async def create(account: Account, question: Question) -> Answer:
    message = account.accept(question.params)
    resource = message.resource()  # as it was accepted, however far the callbacks have come since
    script = account.callbacks.take()
    if script.before_response:
        await account.courier.carry(message, script)
    else:
        account.background(account.courier.carry(message, script))
    return Answer(201, resource)


async def fetch(account: Account, question: Question) -> Answer:
    return Answer(200, _message(account, question).resource())


async def delete(account: Account, question: Question) -> Answer:
    account.forget(_message(account, question))
    return Answer(204)


async def listed(account: Account, question: Question) -> Answer:
    try:
        sent = sent_filter({key: values[0] for key, values in question.params.items()})
    except ValueError as error:
        raise Refused(Refusal(20001, 400, str(error))) from error
    found = account.ledger.matching(to=question.one("To"), sender=question.one("From"), sent=sent)
    return page(question, "messages", [*found])


async def media_listed(account: Account, question: Question) -> Answer:
    return page(question, "media_list", account.media.of(_message(account, question).sid))


async def media_described(account: Account, question: Question) -> Answer:
    return Answer(200, _media(account, question).resource())


async def media_deleted(account: Account, question: Question) -> Answer:
    account.media.delete(_media(account, question).sid)
    return Answer(204)


async def media_fetched(account: Account, question: Question) -> Answer:
    """Not the bytes: where they are, on another host, for a while."""
    media = _media(account, question)
    match account.media.faults.draw(AT_THE_API):
        case "unauthorized":
            raise Refused(refusals.AUTHENTICATE)
        case "gone":
            raise nothing_at(question)
        case "loop":
            target = account.media.address(media)
        case "elsewhere":
            target = account.media.elsewhere
        case _:
            target = account.media.link(media)
    return Answer(307, None, {"Location": target})


def _message(account: Account, question: Question) -> Message:
    message = account.messages.get(question.ids["message"])
    if message is None:
        raise nothing_at(question)
    return message


def _media(account: Account, question: Question) -> Media:
    media = account.media.get(question.ids["message"], question.ids["media"])
    if media is None:
        raise nothing_at(question)
    return media
