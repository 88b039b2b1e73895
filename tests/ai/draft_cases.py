"""A shop's saved replies, and what customers write, with the reply that a colleague would start from.

None: no saved reply answers it. Written by hand before anything was measured on it.
"""

from ticketing.drafting.draft import Brief, Line
from ticketing.playbook.playbook import SavedReply

_TEXTS = {
    "photo": (
        "Ask for a photo",
        "Could you send us a photo of the damaged item and of its box? Then we can help you at once.",
    ),
    "late": ("Parcel is late", "We are sorry that your parcel is late. We have asked the carrier where it is."),
    "refund": ("How refunds work", "We refund to the card you paid with. Banks take two to three business days."),
    "return": (
        "How to send something back",
        "You can return it within 30 days. Print the label and bring the parcel to any shop of the carrier.",
    ),
    "size": (
        "Exchange for another size",
        "We gladly exchange it for another size or colour. Which one would you like?",
    ),
    "invoice": (
        "Copy of the invoice",
        "You find every invoice in your account under “Orders”; here is a copy of this one.",
    ),
    "password": (
        "Reset the password",
        "Use “Forgot password” on the login page. The mail with the link comes within minutes; look among spam, too.",
    ),
    "cancel": (
        "Cancel an order",
        "We have stopped it: as long as it has not left our warehouse, cancelling costs nothing.",
    ),
    "address": (
        "Change the delivery address",
        "Please tell us the whole new address with postcode; we can change it until the parcel leaves.",
    ),
    "hours": ("Opening hours", "Our shop is open from Monday to Saturday, 9 to 18."),
    "warranty": (
        "Warranty repair",
        "It is under warranty for two years, so we repair it for free. Please describe what does not work.",
    ),
    "voucher": (
        "Voucher does not work",
        "Please write us the code of the voucher; we look why the discount is not taken.",
    ),
}
REPLIES = tuple(SavedReply(key, label, text) for key, (label, text) in _TEXTS.items())

CASES: tuple[tuple[str, str | None], ...] = (
    ("My mug arrived broken, order 4711", "photo"),
    ("the lamp is damaged, there is a crack in the glass", "photo"),
    ("Half of the plates were smashed when I opened the box", "photo"),
    ("Where is my parcel? It should have been here on Monday", "late"),
    ("my package still has not arrived, it's a week late", "late"),
    ("tracking hasn't moved for days, where is my order??", "late"),
    ("When do I get my money back?", "refund"),
    ("How long does a refund take to my card", "refund"),
    ("you said I get a refund but nothing is on my account", "refund"),
    ("I don't like it, how can I send it back?", "return"),
    ("I want to return the shoes", "return"),
    ("can i get a return label please", "return"),
    ("The shirt is too small, can I have it in L?", "size"),
    ("Please exchange it for a bigger size", "size"),
    ("wrong colour, I'd like the blue one instead", "size"),
    ("I need an invoice for my tax", "invoice"),
    ("could you send me the receipt / invoice again", "invoice"),
    ("I cannot log in any more", "password"),
    ("forgot my password and no email comes", "password"),
    ("Please cancel my order, I ordered twice by mistake", "cancel"),
    ("I want to cancel it before it ships", "cancel"),
    ("I've moved, please deliver to my new address", "address"),
    ("I typed the wrong delivery address", "address"),
    ("Are you open on Saturday?", "hours"),
    ("what are your opening hours", "hours"),
    ("the toaster stopped working after 5 months", "warranty"),
    ("Is the repair covered by the warranty?", "warranty"),
    ("my voucher code is not accepted at checkout", "voucher"),
    ("The discount code SPRING does not work", "voucher"),
    ("Do you have this in stock in Berlin?", None),
    ("Can I become a reseller of yours?", None),
    ("My neighbour got a letter from you, why?", None),
    ("Who is responsible for data protection at your company?", None),
    ("I'd like to speak to a manager", None),
    ("Is this mug dishwasher safe?", None),
    ("You charged me twice for one order", None),
)


def a_brief(words: str, **changes: object) -> Brief:
    plain = {
        "subject": "A question",
        "type": "General query",
        "category": "Other",
        "status": "Open",
        "customer": "Anna Kowalski",
        "agent": "Mia",
        "lines": (Line(words, by_customer=True),),
        "replies": REPLIES,
    }
    return Brief(**(plain | changes))  # type: ignore[arg-type]
