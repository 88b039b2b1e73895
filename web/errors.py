"""Our errors as HTTP answers: one table, RFC 9457 problem documents. A test proves that no error was forgotten."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request

from core.errors import (
    AccountRefused,
    BadSignature,
    ChannelUnavailable,
    DeskError,
    FileGone,
    FileTooLarge,
    MessageRefused,
    MessageTooLong,
    NotFound,
    OutcomeUnknown,
    RecipientGone,
    RecipientMoved,
    Throttled,
    Unreadable,
)
from ticketing.answers.give import CommentsFull
from ticketing.approvals.changes import AlreadyDecided, ApprovalExpired, ApprovalVoid, ReasonMissing
from ticketing.approvals.delegate import DelegationPeriodRefused, DelegationRefused
from ticketing.approvals.gates import ApprovalNeeded
from ticketing.approvals.request import NobodyToAsk, NothingToApprove
from ticketing.attachments.links import LinkExpired, LinkForged
from ticketing.attachments.store import StoreAway
from ticketing.collaboration.due import DueRefused
from ticketing.collaboration.hand_off import HandOffRefused
from ticketing.collaboration.link import LinkRefused
from ticketing.collaboration.merge import TicketMergeRefused
from ticketing.collaboration.tags import TagRefused
from ticketing.conversations.claim import AlreadyClaimed
from ticketing.conversations.edit import EditTooEarly
from ticketing.conversations.file_event import ChannelOff
from ticketing.conversations.file_report import ReportTooEarly
from ticketing.conversations.hindrance import MayBeUndone
from ticketing.conversations.parts import FileRefused
from ticketing.conversations.recipient import AddressRefused
from ticketing.conversations.reply import RepliedMeanwhile
from ticketing.conversations.send_comment import CommentNotSendable
from ticketing.conversations.settle import SettledMeanwhile
from ticketing.conversations.state import SnoozeRefused
from ticketing.conversations.window import WindowClosed
from ticketing.conversations.withdraw import TooLate
from ticketing.customers.attributes import AttributeRefused
from ticketing.customers.merge import CustomerChangedMeanwhile, MergeRefused
from ticketing.drafting.check import DraftUnusable
from ticketing.drafting.suggest import AiOff, BeingWritten
from ticketing.escalation.hand_back import NotForTheAI
from ticketing.fields.refusals import FieldsMissing, FieldsRefused, ValueRefused
from ticketing.mails.match import MatchDecided
from ticketing.mails.place import FiledMeanwhile, JoinedMeanwhile
from ticketing.mails.undecided import ConversationJoined
from ticketing.people.permissions import PermissionRefused
from ticketing.people.preferences import ZoneUnknown
from ticketing.people.register import EmailTaken, NotAnAddress
from ticketing.playbook.apply import AlreadyInForce, PlaybookChanged, PlaybookRefused
from ticketing.playbook.succession import MappingMissing, MappingUnknown
from ticketing.resolution.act import StillAway
from ticketing.resolution.hand_checks import (
    ActionNotForPeople,
    AgreementGone,
    AgreementNeeded,
    ArgumentsRefused,
)
from ticketing.resolution.hand_policy import PolicySaysNo
from ticketing.resolution.move_level import MovedSince, NotThatFar
from ticketing.resolution.people import NothingSuggested
from ticketing.resolution.ports import RunMovedOn, SpentMeanwhile
from ticketing.resolution.working import NotYet
from ticketing.templates.fill import TemplateRefused
from ticketing.tickets.changes import (
    CarriedByTicket,
    ChangedMeanwhile,
    CorrectionRefused,
    TicketIsDiscarded,
    TicketIsMerged,
    TransitionRefused,
)
from ticketing.tickets.comment import TextRefused
from ticketing.tickets.listing import FilterRefused
from ticketing.tickets.open_ticket import SubjectMissing
from ticketing.tickets.saved_reply import ReplyIncomplete
from ticketing.triage.check import SuggestionUnreadable
from ticketing.triage.understand import StillMoving
from web.ports import InboxUnavailable

RETRY_AFTER = 2  # seconds a provider waits before it brings an event again that we could not store

HTTP_STATUS: dict[type[DeskError], int] = {
    # Refused: our rules forbid it
    NotFound: 404,
    PermissionRefused: 403,
    AiOff: 409,
    BeingWritten: 409,
    AlreadyClaimed: 409,
    AlreadyDecided: 409,
    ApprovalExpired: 409,
    ApprovalNeeded: 409,
    ApprovalVoid: 409,
    DelegationPeriodRefused: 422,
    DelegationRefused: 422,
    NobodyToAsk: 409,
    NothingToApprove: 409,
    ReasonMissing: 422,
    CarriedByTicket: 409,
    ChangedMeanwhile: 409,
    CommentNotSendable: 409,
    CommentsFull: 409,
    ConversationJoined: 409,
    MatchDecided: 409,
    CorrectionRefused: 409,
    CustomerChangedMeanwhile: 409,
    EmailTaken: 409,
    LinkRefused: 409,
    MergeRefused: 409,
    RepliedMeanwhile: 409,
    RunMovedOn: 409,
    SpentMeanwhile: 409,
    NothingSuggested: 409,
    MovedSince: 409,
    NotThatFar: 422,
    NotForTheAI: 409,
    ActionNotForPeople: 409,
    ArgumentsRefused: 422,
    AgreementGone: 409,
    AgreementNeeded: 409,
    PolicySaysNo: 409,
    NotYet: 503,
    StillAway: 503,
    SettledMeanwhile: 409,
    WindowClosed: 409,
    TicketIsDiscarded: 409,
    TicketIsMerged: 409,
    TicketMergeRefused: 409,
    TooLate: 409,
    TransitionRefused: 409,
    AlreadyInForce: 409,
    PlaybookChanged: 409,
    MappingMissing: 422,
    MappingUnknown: 422,
    PlaybookRefused: 422,
    LinkForged: 403,
    LinkExpired: 410,
    FileRefused: 422,
    FieldsMissing: 422,
    FieldsRefused: 422,
    ValueRefused: 422,
    AddressRefused: 422,
    AttributeRefused: 422,
    DueRefused: 422,
    FilterRefused: 422,
    ReplyIncomplete: 422,
    HandOffRefused: 422,
    TagRefused: 422,
    NotAnAddress: 422,
    SnoozeRefused: 422,
    SubjectMissing: 422,
    TemplateRefused: 422,
    TextRefused: 422,
    ZoneUnknown: 422,
    # Untrusted: outside input that we do not believe
    BadSignature: 403,
    Unreadable: 400,
    DraftUnusable: 502,
    SuggestionUnreadable: 502,
    # A vendor said no
    ChannelUnavailable: 503,
    Throttled: 503,
    ChannelOff: 503,
    MayBeUndone: 503,
    EditTooEarly: 503,
    FiledMeanwhile: 503,
    JoinedMeanwhile: 503,
    ReportTooEarly: 503,
    StillMoving: 503,
    StoreAway: 503,
    OutcomeUnknown: 502,
    MessageRefused: 422,
    MessageTooLong: 422,
    AccountRefused: 502,
    RecipientGone: 422,
    RecipientMoved: 409,
    FileGone: 410,
    FileTooLarge: 413,
}


def problem(
    status: int, detail: str, *, code: str, headers: Mapping[str, str] | None = None, **more: Any
) -> JSONResponse:
    """A problem document; `code` is the stable name of what went wrong."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, "code": code}
    return JSONResponse({**body, **more}, status, headers, media_type="application/problem+json")


def add_error_answers(app: FastAPI) -> None:
    """Answer every error with a problem document."""
    app.add_exception_handler(DeskError, _desk_error)
    app.add_exception_handler(InboxUnavailable, _not_stored)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _bug)


async def _desk_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DeskError)
    # The nearest ancestor's status, should a leaf be missing from the table in spite of its test.
    status = next((HTTP_STATUS[kind] for kind in type(error).__mro__ if kind in HTTP_STATUS), 500)
    wait = error.retry_after if isinstance(error, ChannelUnavailable) else None
    headers = {} if wait is None else {"Retry-After": str(max(1, round(wait)))}
    return problem(status, error.message, code=error.code, headers=headers)


async def _not_stored(_: Request, error: Exception) -> JSONResponse:
    detail = "The event could not be stored. Please send it again."
    return problem(503, detail, code=type(error).__name__, headers={"Retry-After": str(RETRY_AFTER)})


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    return problem(error.status_code, str(error.detail), code=phrase.title().replace(" ", ""), headers=error.headers)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [{"where": list(found["loc"]), "what": found["msg"]} for found in error.errors()]
    return problem(422, "The request does not fit its description.", code="Invalid", errors=errors)


async def _bug(_: Request, __: Exception) -> JSONResponse:
    # The server logs the exception itself; its words are not for strangers.
    return problem(500, "Something went wrong on our side.", code="InternalError")
