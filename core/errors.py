"""Everything we raise on purpose. Packages add leaves under these three branches; edges translate them.

DeskError
├── Refused         our rules forbid it: NotFound, PermissionRefused, TransitionRefused, AlreadyClaimed, …
├── Untrusted       outside input we do not believe: BadSignature, Unreadable, SuggestionUnreadable
└── ChannelError    a vendor said no
    ├── ChannelUnavailable   it did not happen; try again after `retry_after` seconds
    │   └── Throttled        … and exactly then: it is only held back to stay within the vendor's limits
    ├── OutcomeUnknown       it may have happened; a person decides
    ├── MessageRefused       this message will never pass
    ├── AccountRefused       our credential is bad
    ├── RecipientGone        the customer cannot be reached there any more
    │   └── RecipientMoved   … but at another address
    ├── FileGone             the provider does not have the file (any more)
    └── FileTooLarge         it is larger than we take
"""

from datetime import timedelta


class DeskError(Exception):
    """Root of the tree. `message` is for people: what happened, why, what to do next."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def code(self) -> str:
        """Stable name for logs, parked jobs and answers over the wire."""
        return type(self).__name__


class Refused(DeskError):
    """Our own rules forbid it. Nothing was changed."""


class NotFound(Refused):
    """There is no such thing, or not for this person."""


class Untrusted(DeskError):
    """Input from outside that we do not believe. It is kept for inspection, never acted upon."""


class BadSignature(Untrusted):
    """The sender could not prove who they are."""


class Unreadable(Untrusted):
    """Signed, but not something the channel's wire format allows."""


class ChannelError(DeskError):
    """A vendor said no; the leaf says what we do next."""

    resendable = False  # the same message may pass later, once somebody has done what the words name


class ChannelUnavailable(ChannelError):
    """It provably did not happen. `retry_after` is in seconds, None when the vendor named none."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.patience: timedelta | None = None  # how long it is worth trying, where that is longer than usual


class Throttled(ChannelUnavailable):
    """Held back, by the vendor or by ourselves, to stay within its limits. `retry_after` is an appointment."""

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message, retry_after=retry_after)
        self.retry_after: float = retry_after


class OutcomeUnknown(ChannelError):
    """The vendor may have done it: sending again could reach the customer twice."""


class MessageRefused(ChannelError):
    """This message will never pass; another one may."""

    def __init__(
        self,
        message: str,
        *,
        vendor_code: str | None = None,
        resendable: bool = False,
        window_closed: bool = False,
    ) -> None:
        super().__init__(message)
        self.vendor_code = vendor_code
        self.resendable = resendable
        self.window_closed = window_closed  # the provider takes nothing but templates until the customer writes again


class MessageTooLong(MessageRefused):
    """Over the channel's limit. Refused before any network, never cut in silence."""


class AccountRefused(ChannelError):
    """Our credential for the vendor is bad or lacks a right; an admin must act."""

    resendable = True


class RecipientGone(ChannelError):
    """The customer blocked us, opted out, or the address does not exist."""


class RecipientMoved(RecipientGone):
    """The customer's address on the channel has changed. Nothing was sent; the same message may go to `to`."""

    def __init__(self, message: str, *, to: str) -> None:
        super().__init__(message)
        self.to = to


class FileGone(ChannelError):
    """A customer's file cannot be fetched, now or later."""


class FileTooLarge(ChannelError):
    """A customer's file is larger than we take. What was read of it is thrown away."""
