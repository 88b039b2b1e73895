"""What goes wrong with a mail server, by script or by a seeded chance (`emulators/faults.py`).

A fault meets one step of a conversation: "connect", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA" (the command),
"lines" (in the middle of the mail, before its dot), "content" (the whole mail is there, and not answered yet).

| kind | what the client gets |
|---|---|
| greylisted | 451: come back later |
| busy | 421, and the connection ends |

These stand for a state of the mailbox, the mail or the login, so chance never draws them; they are laid out by name:

| kind | what the client gets |
|---|---|
| unknown_user | 550 5.1.1 |
| too_large | 552 5.3.4 |
| spam | 554 5.7.1 |
| no_login | 535 5.7.8 |
"""

from dataclasses import dataclass

from emulators.faults import CallFault, CallFaults


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFault(CallFault):
    """`code` refuses in place of carrying it out, with `text`. A reset, a delay or a lost answer is as of any call."""

    code: int | None = None
    text: str = "as scripted"
    name: str | None = None
    hang_up: bool = False  # an orderly end, before anything is carried out

    @property
    def refusal(self) -> str | None:
        if self.hang_up:
            return "hang_up"
        return (self.name or str(self.code)) if self.code is not None else None


MENU = {
    "greylisted": MailFault(code=451, text="4.7.1 Greylisted, please come back later", name="greylisted"),
    "busy": MailFault(code=421, text="4.3.2 Too busy, try again later", name="busy"),
    "slow": MailFault(delay=0.2),
    "reset": MailFault(reset=True),
    "reply_lost": MailFault(drop_reply=True),
    "reset_after": MailFault(reset_after=True),
}
STATES = {
    "unknown_user": MailFault(code=550, text="5.1.1 No such user here", name="unknown_user"),
    "too_large": MailFault(code=552, text="5.3.4 Message too big for this system", name="too_large"),
    "spam": MailFault(code=554, text="5.7.1 Rejected as spam", name="spam"),
    "no_login": MailFault(code=535, text="5.7.8 Authentication credentials invalid", name="no_login"),
}


class MailFaults(CallFaults[MailFault]):
    """The script of one server, by step, and the dice."""

    def __init__(self) -> None:
        super().__init__(MailFault, MENU)

    def add(self, operation: str, fault: MailFault | str, *, times: int = 1) -> None:
        """The same with a fault, or with the name of one of either table."""
        super().add(operation, STATES.get(fault, fault) if isinstance(fault, str) else fault, times=times)
