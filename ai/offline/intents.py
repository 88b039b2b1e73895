"""The intents the offline brain knows, and what follows from each: type, category, priority, words for people.

One table and nothing else. A label that is not in it does not exist; nothing here reads text.
"""

from dataclasses import dataclass

from ticketing.triage.suggestion import Priority

UNCLEAR = "unclear"  # has no examples: stands where nothing else is recognised
_LOW, _NORMAL, _HIGH, _URGENT = Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.URGENT


@dataclass(frozen=True, slots=True)
class Intent:
    """What one kind of request becomes."""

    name: str
    type: str  # a key of the vocabulary's types
    category: str  # a key of the vocabulary's categories
    priority: Priority  # before sentiment and tier
    subject: str  # a title for the ticket
    asks: str  # continues "The customer …"


@dataclass(frozen=True, slots=True)
class Talk:
    """A kind of message that asks for nothing."""

    name: str
    is_only: str  # continues "Only …"
    awaits_answer: bool  # somebody should write back all the same


def _complaint(name: str, category: str, priority: Priority, subject: str, asks: str) -> Intent:
    return Intent(name, "complaint", category, priority, subject, asks)


def _query(name: str, category: str, subject: str, asks: str, priority: Priority = _NORMAL) -> Intent:
    return Intent(name, "general_query", category, priority, subject, asks)


def _return(name: str, category: str, subject: str, asks: str, priority: Priority = _NORMAL) -> Intent:
    return Intent(name, "return", category, priority, subject, asks)


def _follow_up(name: str, category: str, subject: str, asks: str) -> Intent:
    return Intent(name, "case_follow_up", category, _NORMAL, subject, asks)


_WORTHY = (
    # Orders and delivery
    _query("order_place", "product", "New order", "wants to order something"),
    _query("order_change", "product", "Change to an order", "wants to change an order"),
    _query("order_cancel", "product", "Cancel an order", "wants to cancel an order"),
    _query("order_status", "shipping", "Where is the order?", "asks where an order is"),
    _complaint("late_delivery", "shipping", _HIGH, "Delivery late or lost", "reports a late or lost delivery"),
    _query("delivery_change", "shipping", "Change of delivery", "wants the delivery changed"),
    _query("delivery_question", "shipping", "Question about delivery", "asks about delivery"),
    _complaint("missing_item", "shipping", _NORMAL, "Item missing", "reports a missing item"),
    _return("wrong_item", "product", "Wrong item received", "received the wrong item"),
    # Returns
    _return("damaged_item", "damaged", "Damaged item", "reports a damaged item", _HIGH),
    _return("refund_request", "billing", "Refund", "asks for a refund"),
    _follow_up("refund_status", "billing", "Where is the refund?", "asks where a refund is"),
    _return("return_request", "product", "Return", "wants to return something"),
    _return("exchange_request", "product", "Exchange", "wants an exchange or a replacement"),
    _query("warranty_repair", "product", "Repair or warranty", "asks for a repair or about the warranty"),
    # Money
    _complaint("billing_charge", "billing", _NORMAL, "Problem with a charge", "questions a charge"),
    _query("invoice_request", "billing", "Invoice or receipt", "asks for an invoice or a receipt"),
    _complaint("payment_problem", "billing", _NORMAL, "Payment does not work", "has trouble paying"),
    _query("payment_question", "billing", "Question about payment", "asks about payment"),
    _query("price_question", "billing", "Question about prices", "asks about prices or offers"),
    _query("expense_report", "billing", "Expense claim", "wants expenses reimbursed"),
    # Accounts and services
    _query("account_open", "account", "New account", "wants to open an account"),
    _query("account_update", "account", "Change of account details", "wants account details changed"),
    _query("account_close", "account", "Close the account", "wants an account closed"),
    _complaint("login_problem", "account", _NORMAL, "Cannot sign in", "cannot sign in"),
    _query("service_start", "product", "New service", "wants a new service"),
    _query("service_change", "account", "Change of plan", "wants a plan changed"),
    _query("subscription_cancel", "account", "Cancel a subscription", "wants to cancel a subscription"),
    _query("newsletter", "account", "Newsletter or messages", "writes about newsletters", _LOW),
    _query("privacy_request", "account", "Personal data", "asks about personal data"),
    # Banks and insurers
    _complaint("card_lost", "account", _URGENT, "Lost or stolen card", "reports a lost or stolen card"),
    _complaint("fraud_report", "account", _URGENT, "Possible fraud", "reports possible fraud"),
    _query("balance_question", "account", "Question about a balance", "asks about a balance"),
    _query("money_transfer", "account", "Money transfer", "writes about a money transfer"),
    _query("card_request", "account", "Card request", "asks for something about a card"),
    _query("insurance_claim", "other", "Insurance claim", "wants to make an insurance claim"),
    _follow_up("claim_status", "other", "Status of a claim or application", "asks how a claim is going"),
    _query("document_request", "account", "Document requested", "asks for a document"),
    # Technical
    _complaint("outage", "technical", _HIGH, "Service down", "reports that a service is down"),
    _complaint("device_problem", "technical", _NORMAL, "Problem with a device", "has a problem with a device"),
    _complaint("software_problem", "technical", _NORMAL, "Problem with software", "has a problem with software"),
    _query("software_request", "technical", "Software request", "asks for software or access"),
    # Bookings
    _query("booking_new", "booking", "New booking", "wants to book something"),
    _query("booking_change", "booking", "Change of booking", "wants a booking changed"),
    _query("booking_cancel", "booking", "Cancel a booking", "wants to cancel a booking"),
    _query("booking_question", "booking", "Question about a booking", "asks about a booking"),
    _query("seat_request", "booking", "Seat", "asks about a seat"),
    _query("boarding_pass", "booking", "Boarding pass", "asks for a boarding pass or ticket"),
    # People
    _complaint("complaint_service", "other", _NORMAL, "Complaint", "complains about the service"),
    _query("feedback", "other", "Feedback", "gives feedback", _LOW),
    _query("contact_human", "other", "Wants to talk to a person", "wants to talk to a person"),
    _follow_up("follow_up", "other", "Follow-up", "asks how an earlier request is going"),
    _complaint("safety_report", "product", _URGENT, "Safety", "reports a danger"),
    _complaint("legal_threat", "other", _URGENT, "Legal threat", "threatens legal action"),
    _query("product_question", "product", "Question about a product", "asks about a product"),
    _query(UNCLEAR, "other", "Unclear request", "may ask for something that was not understood"),
    _query("store_information", "other", "Question about the business", "asks about the business"),
)

_TALK = (
    Talk("greeting", "a greeting", awaits_answer=True),
    Talk("thanks", "thanks", awaits_answer=False),
    Talk("confirmation", "a confirmation", awaits_answer=False),
    Talk("rejection", "a 'no'", awaits_answer=False),
    Talk("goodbye", "a goodbye", awaits_answer=False),
    Talk("smalltalk", "small talk", awaits_answer=True),
    Talk("waiting", "a request to wait", awaits_answer=False),
    Talk("opening", "an opening: it does not say yet what it is about", awaits_answer=True),
    Talk("information", "details, no request", awaits_answer=True),
    Talk("spam", "advertising", awaits_answer=False),
)

WORTHY: dict[str, Intent] = {intent.name: intent for intent in _WORTHY}
TALK: dict[str, Talk] = {talk.name: talk for talk in _TALK}
INTENTS: tuple[str, ...] = (*WORTHY, *TALK)
