"""Twilio's error codes in words for whoever wrote the message: what happened, why, and what to do now.

Source: twilio.com/docs/api/errors/<code>
"""

from dataclasses import dataclass

_CODE_LENGTH = 64
_DETAIL_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Failure:
    """`resendable`: the same message may pass later, once what the words name is done."""

    words: str
    resendable: bool = False


ACCOUNT = Failure(
    "Twilio refused our account, so nothing was sent: an admin must check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN. "
    "Then send it again.",
    resendable=True,
)
WINDOW_CLOSED = "63016"
_TEMPLATE = "choose another one, or wait until the customer writes."
_SETUP = "an admin must check the WhatsApp sender in Twilio's console. Then send it again."

_FAILURES = {
    "20003": ACCOUNT,
    "20404": ACCOUNT,
    "21211": Failure("The customer's number is not a phone number: check it with them on another channel."),
    "21610": Failure("The customer opted out of our messages: nothing can be sent until they write START to us."),
    "21617": Failure("The message is longer than WhatsApp takes: shorten it, or send it in parts."),
    "21620": Failure("Twilio cannot read the address of our file: an admin must check PUBLIC_BASE_URL."),
    "21655": Failure(f"Twilio does not know this template (any more): {_TEMPLATE}"),
    "21656": Failure("The template's variables are not filled in as it needs them: fill in each of them."),
    "21658": Failure("A variable of the template is longer than WhatsApp takes: shorten it."),
    "30003": Failure("The customer's phone could not be reached: send it again later.", resendable=True),
    "30008": Failure(
        "WhatsApp did not say why it was not delivered: send it again, or use another channel.", resendable=True
    ),
    "63001": Failure(f"WhatsApp does not accept our sender's credentials: {_SETUP}", resendable=True),
    "63003": Failure("This number is not on WhatsApp: use another channel."),
    "63005": Failure("WhatsApp did not accept this content: write it differently."),
    "63007": Failure(
        f"The number it was sent from is no WhatsApp sender of our Twilio account: {_SETUP}", resendable=True
    ),
    "63010": Failure("Twilio had an internal error: send it again in a few minutes.", resendable=True),
    "63012": Failure("WhatsApp had an internal error: send it again in a few minutes.", resendable=True),
    "63013": Failure("WhatsApp found that the message breaks its policy: write it differently."),
    "63014": Failure("The customer blocked our messages or opted out of them: use another channel."),
    "63015": Failure(
        "The customer has not joined the Twilio sandbox: they must send its join word first. Then send it again.",
        resendable=True,
    ),
    WINDOW_CLOSED: Failure(
        "The 24-hour window is closed: WhatsApp takes free text only for 24 hours after the customer's last message. "
        "Wait until they write, or send an approved template."
    ),
    "63018": Failure(
        "Our WhatsApp sender sent too much in a short time: send it again in a few minutes.", resendable=True
    ),
    "63019": Failure(
        "Twilio could not fetch our file: send it again; if that fails, an admin must see that PUBLIC_BASE_URL can be "
        "reached from outside.",
        resendable=True,
    ),
    "63020": Failure(f"WhatsApp does not let our sender send now: {_SETUP}", resendable=True),
    "63021": Failure(
        "WhatsApp does not take this content: a file of another kind than it says, or a template that is longer than "
        "1,024 characters once it is filled in. Send it differently."
    ),
    "63024": Failure("This number cannot receive WhatsApp messages: use another channel."),
    "63027": Failure(f"WhatsApp does not have this template in this language: {_TEMPLATE}"),
    "63028": Failure("The template's variables are not filled in as it needs them: fill in each of them."),
    "63032": Failure("WhatsApp does not let this customer receive the message: use another channel."),
    "63033": Failure("The customer blocked our messages or opted out of them: use another channel."),
    "63038": Failure("Our Twilio account has sent all it may today: send it again tomorrow.", resendable=True),
    "63040": Failure(f"WhatsApp rejected this template: {_TEMPLATE}"),
    "63041": Failure(f"WhatsApp paused this template, because customers disliked it: {_TEMPLATE}"),
    "63042": Failure(f"WhatsApp disabled this template for good: {_TEMPLATE}"),
    "63049": Failure("WhatsApp chose not to deliver it, to spare the customer: do not send it again today."),
    "63051": Failure(
        "WhatsApp has locked our business account: an admin must see why at Meta. Then send it again.",
        resendable=True,
    ),
}


def failure(code: str, detail: str = "") -> Failure:
    """`code` is "" where Twilio named none; `detail` is what Twilio said, used where we know no better."""
    if known := _FAILURES.get(code):
        return known
    said = f": {detail[:_DETAIL_LENGTH].rstrip('.')}" if detail else ""
    error = f"Twilio error {code[:_CODE_LENGTH]}" if code else "Twilio named no error"
    words = f"WhatsApp did not take the message ({error}{said}): send it again, or use another channel."
    return Failure(words, resendable=True)
