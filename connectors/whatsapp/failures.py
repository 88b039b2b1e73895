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
_SETUP = "an admin must check the WhatsApp sender in Twilio's console. Then send it again."

_FAILURES = {
    "20003": ACCOUNT,
    "20404": ACCOUNT,
    "21211": Failure("The customer's number is not a phone number: check it with them on another channel."),
    "21610": Failure("The customer opted out of our messages: nothing can be sent until they write START to us."),
    "21617": Failure("The message is longer than WhatsApp takes: shorten it, or send it in parts."),
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
    "63021": Failure("WhatsApp does not take this content: write it differently."),
    "63024": Failure("This number cannot receive WhatsApp messages: use another channel."),
    "63032": Failure("WhatsApp does not let this customer receive the message: use another channel."),
    "63033": Failure("The customer blocked our messages or opted out of them: use another channel."),
    "63049": Failure("WhatsApp chose not to deliver it, to spare the customer: do not send it again today."),
}


def failure(code: str, detail: str = "") -> Failure:
    """`code` is "" where Twilio named none; `detail` is what Twilio said, used where we know no better."""
    if known := _FAILURES.get(code):
        return known
    said = f": {detail[:_DETAIL_LENGTH].rstrip('.')}" if detail else ""
    error = f"Twilio error {code[:_CODE_LENGTH]}" if code else "Twilio named no error"
    words = f"WhatsApp did not take the message ({error}{said}): send it again, or use another channel."
    return Failure(words, resendable=True)
