"""What a customer wants done, as far as plain words say it: which remedy, which not, nothing any more, or a person.

Words of five languages and no meaning: what it does not recognise is no wish, and what could mean two things counts as
the one that leaves the ticket to a person.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from ai.offline.doubts import doubted, doubtful

_MOST_CHARACTERS = 2_000


class Remedy(StrEnum):
    """As it stands in a sentence for people: "asks for …"."""

    REFUND = "a refund"
    EXCHANGE = "an exchange"
    REPAIR = "a repair"
    RETURN = "a return"
    CANCELLATION = "a cancellation"
    VOUCHER = "a voucher"
    DISCOUNT = "a part of the price"
    OTHER = "something else"


@dataclass(frozen=True, slots=True)
class Wish:
    """Of one message. `wanted` are all wanted, or with `either` any of them will do. `stops`: nothing shall be done any
    more. `person`: they want to talk to somebody. `reports`: something is wrong, and no remedy is named. `unclear`:
    something else is asked for. `doubtful`: it may be wanted not at all, not now, or not for the whole of one order.
    `guessed`: their words name nothing; it is what such messages are about.
    """

    wanted: frozenset[Remedy] = frozenset()
    either: bool = False
    unwanted: frozenset[Remedy] = frozenset()
    stops: bool = False
    person: bool = False
    reports: bool = False
    unclear: bool = False
    doubtful: bool = False
    guessed: bool = False

    @property
    def says_something(self) -> bool:
        said = self.wanted or self.unwanted or self.stops or self.person or self.reports or self.unclear
        return bool(said or self.doubtful)


def _any(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts), re.IGNORECASE)


_WORDS: Mapping[Remedy, re.Pattern[str]] = {
    Remedy.REFUND: _any(
        r"\brefund\w*(?! polic)|\breimburs\w*|\bmoney\s?back|\breturn (?:\w+ )?money|\b(?:my|the) money\b",
        r"\b(?:rück)?erstatt\w*|\bgeld (?:\w+ ){0,2}zurück|\brückzahlung",
        r"\bre(?:e)?mbols\w*|\bdev(?:ol|uel)\w+ (?:\w+ ){0,2}(?:dinero|dinheiro|importe|valor)",
        r"\b(?:dinero|dinheiro) de v(?:uelta|olta)|\bquiero mi dinero\b",
        r"\brembours\w*|\b(?:rendre|rendez) \w{0,8} ?argent|\bveux mon argent\b",
    ),
    Remedy.EXCHANGE: _any(
        r"\bexchang\w*|\breplac\w*|\bswap\w*|\bsubstitut\w*|\b(?:a |another )new one\b|\banother one\b",
        r"\b(?:want|need|send me|get) a new\b|\b(?:ship|send|get) (?:me |us )?another\b",
        r"\b(?:prefer|want|like|have|get|in) (?:it in )?a different\b|\banderen? (?:farbe|größe|modell)\b",
        r"\botr[oa] (?:talla|color|modelo)\b|\bautre (?:taille|couleur|modèle)\b|\boutr[oa] (?:tamanho|cor|modelo)\b",
        r"\bumtausch\w*|\bersatz\w*|\btauschen\b|\b(?:eine[nrs]?|ein) neue[nrs]?\b",
        r"\bcambi(?:o|ar|arl[oa]|en|e)\b(?! de (?:idea|opinión))|\breemplaz\w*|\botr[oa] nuev[oa]\b",
        r"\béchang\w*|\bremplac\w*|\btroca\w*\b|\btrocar\b|\bsubstitui\w*|\bum novo\b|\buma nova\b",
    ),
    Remedy.REPAIR: _any(
        r"\bspare part|\brepuesto\b|\bpièces? (?:détachée|de rechange)",
        r"\brepair\w*|\breparatur\w*|\breparier\w*|\brepar(?:ar|ación|ação|o|en|em)\b|\brépar\w*|\bconsert\w*",
    ),
    Remedy.RETURN: _any(
        r"\breturn label\b|\b(?:send|ship|give|bring|take) (?:it|them|this|these|that) back\b",
        r"\b(?:send|ship|bring|take) (?:(?!money)\w+ ){1,3}back\b",
        r"\breturn (?:it|them|this|these|that|my|the|an?)\b(?! (?:\w+ )?money)",
        r"\b(?:zurückschick|zurücksend|zurückgeb)\w*|\bretourenlabel",
        r"\bdevolver(?:l[oa]s?)?\b(?! (?:\w+ ){0,2}(?:dinero|dinheiro))|\brenvoyer\b|\bretourner\b",
    ),
    Remedy.CANCELLATION: _any(
        r"\bcancel(?!l?ed\b)\w*|\bstornier\w*|\bstorno\b|\bkündig\w*|\bannul\w*|\banul\w*|\brésili\w*"
    ),
    Remedy.VOUCHER: _any(
        r"\bvouchers?\b|\bstore credit\b|\bgift card\b|\bgutschein\w*|\bcupón\b|\bbon d.achat\b|\bun avoir\b"
    ),
    Remedy.DISCOUNT: _any(
        r"\b(?:half|part|some) of (?:the|my) (?:price|money)\b",
        r"\b(?:%|percent|per cent|some money) off\b|% off\b|\bdiscount\b|\bpartial(?:ly)? refund|\bprice reduction\b",
        r"\brabatt\b|\bpreisnachlass|\bdescuento\b|\bdesconto\b|\bremise\b",
    ),
    Remedy.OTHER: _any(r"\binstead\b(?! of)|\bstattdessen\b|\ben su lugar\b|\bà la place\b(?! d)|\bem vez disso\b"),
}
# What stands right before a remedy that is not wanted, and behind it.
_NOT_BEFORE = _any(
    r"\b(?:do(?:es)? not|don.?t|no longer|not|never|without|instead of|rather than|than)\s+"
    r"(?:(?:want|need|wish|like|send|give|me|us|looking for|asking for|interested in|to get|to have|get|have)\s+)*"
    r"(?:(?:a|an|the|any|my|your|for|full)\s+)*$",
    r"\bplutôt .{3,30} qu['’]une?\s+$|\balready (?:got|have|received)\s+(?:(?:a|the|my)\s+)*$",
    r"\b(?:cancel|stop|withdraw|hold)\s+(?:(?:a|the|my|this|that)\s+)*$",
    r"\b(?:kein\w{0,2}|nicht|statt|anstatt|anstelle|ohne)\s+(?:(?:einer|eine|einen|der|die|das|dem|mein\w*|um)\s+)*$",
    r"\b(?:no|sin|en vez de|en lugar de)\s+(?:(?:quiero|necesito|deseo|un|una|el|la|ningún|más)\s+)*$",
    r"\b(?:ne (?:veux|souhaite) (?:pas|plus)|pas|plus|au lieu|plutôt que|sans)\s+"
    r"(?:(?:besoin|de|d['’]|du|que|qu['’]|un|une|le|la)\s*)*$",
    r"\b(?:não|nao|sem|em vez de|ao invés de)\s+(?:(?:quero|preciso|desejo|de|um|uma|o|a|mais|do|da)\s+)*$",
)
_NOT_BEHIND = _any(r"^\s+(?:(?:will|möchte|brauche|ich|wir|bitte|mehr)\s+){0,3}nicht\b")
_STOPS = _any(
    r"^\W*(?:please )?stop\b(?! work)|\bnever ?mind\b|\bforget (?:it|about it|that)\b|\bchanged my mind\b",
    r"\bleave it(?: be)?\W*$",
    r"\bkeep (?:it|them)\b|\bno longer (?:want|need)\b|\b(?:do not|don.?t) (?:do|proceed|refund|send|issue|process)\b",
    r"\bcancel (?:my|the|that|this) (?:request|refund|return|claim)\b|\balready (?:solved|sorted|resolved|refunded)\b",
    r"\b(?:it.s|it is|is|all) (?:now )?(?:solved|sorted|resolved|fine now|good now)\b",
    r"\bvergessen sie (?:es|das)|\bvergiss (?:es|das)|\berledigt\b|\bnicht mehr nötig",
    r"\bmeinung geändert|\banders überlegt",
    r"\bbehalte\b|^\W*(?:bitte )?stopp?\b|\bdoch nicht\b",
    r"\bolvíd\w*|\bolvida\w*|\bya no (?:quiero|necesito|hace falta)|\bcambi[ée] de (?:idea|opinión)|\bme l[oa] quedo\b",
    r"\bno hace falta\b|\bya está (?:resuelto|solucionado)|\bdéjal[oa]\b",
    r"\blaissez? tomber|\boubliez?\b|\bchangé d.avis|\bje (?:le|la|les) garde\b|\bc.est (?:réglé|résolu)|\barrêtez\b",
    r"\besqueç\w*|\bdeix[ae] (?:pra|para) lá|\bmudei de ideia|\bvou ficar com\b|\bjá (?:foi |está )?resolvid[oa]",
    r"\bnão (?:precisa|quero) mais\b",
)
_PERSON = _any(
    r"\b(?:speak|talk|chat|write|connect me|put me through)(?:ing)? (?:to|with) (?:a |an |your |the |some)?"
    r"(?:real |human |live )?(?:human|person|agent|manager|supervisor|somebody|someone|operator|representative)\b",
    r"\b(?:a|real|actual|live) (?:human|person)\b",
    r"\b(?:no|not an?) (?:bot|ai|machine|robot)\b|\bcall me\b(?! (?:on|at|any|if))",
    r"\bmit (?:einem|einer|jemandem)\b.{0,20}\b(?:sprechen|reden)",
    r"\b(?:echter?n?|richtiger?n?) mensch\w*|\brufen sie mich",
    r"\bhablar con (?:una persona|alguien|un agente|un humano)|\bllámen?me\b",
    r"\bparler (?:à|avec) (?:quelqu.un|un (?:humain|conseiller|agent)|une personne)",
    r"\bfalar com (?:um|uma|alguém)\b.{0,15}",
)
_EITHER = _any(r"\b(?:or|either|whichever|oder|entweder|ou)\b|\bo\b(?= (?:un|una|me|que|cambi|reembols|devuel))")
_CLAUSES = re.compile(r"[.,;:!?\n—–]+|\s(?:but|and then|aber|sondern|pero|sino|mais|mas)\s", re.IGNORECASE)


def wish_of(text: str) -> Wish:
    """Never raises; linear in the length, of which it reads the beginning."""
    text = text[:_MOST_CHARACTERS]
    heard = [_heard(clause) for clause in _CLAUSES.split(text)]
    unwanted = frozenset[Remedy]().union(*(each.unwanted for each in heard))
    wanted = set[Remedy]().union(*(each.wanted for each in heard)) - unwanted
    if len(wanted) > 1:
        wanted.discard(Remedy.OTHER)  # "a refund instead" is a refund
    if Remedy.REFUND in wanted:
        wanted.discard(Remedy.RETURN)  # whether it has to come back for that is not theirs to say
    return Wish(
        wanted=frozenset(wanted),
        either=_EITHER.search(text) is not None,
        unwanted=unwanted,
        stops=_STOPS.search(text) is not None and not wanted - {Remedy.CANCELLATION},
        person=_PERSON.search(text) is not None,
        doubtful=doubtful(text) or any(each.doubtful for each in heard),
    )


def _heard(clause: str) -> Wish:
    wanted: set[Remedy] = set()
    unwanted: set[Remedy] = set()
    last, refusal = 0, len(clause)
    for remedy, words in _WORDS.items():
        for found in words.finditer(clause):
            begins = max(0, found.start() - 60)
            before = _NOT_BEFORE.search(clause[begins : found.start()])
            if before or _NOT_BEHIND.search(clause[found.end() :][:60]):
                unwanted.add(remedy)
                refusal = min(refusal, begins + before.start() if before else found.end())
            else:
                wanted.add(remedy)
                last = max(last, found.end())
    if last < refusal:
        clause = clause[:refusal]  # "a refund, not a repair" is plain; "no repair or refund" is not
    return Wish(frozenset(wanted), unwanted=frozenset(unwanted), doubtful=bool(wanted) and doubted(clause))


def remedies_in(words: str) -> frozenset[Remedy]:
    """What a recipe or an action with this name does: "issue_refund"."""
    plainly = words.replace("_", " ")
    return frozenset(remedy for remedy, pattern in _WORDS.items() if pattern.search(plainly))


_OF_INTENT: Mapping[str, Wish] = {
    "refund_request": Wish(frozenset({Remedy.REFUND})),
    "exchange_request": Wish(frozenset({Remedy.EXCHANGE})),
    "return_request": Wish(frozenset({Remedy.RETURN})),
    "warranty_repair": Wish(frozenset({Remedy.REPAIR})),
    "order_cancel": Wish(frozenset({Remedy.CANCELLATION})),
    "contact_human": Wish(person=True),
    "damaged_item": Wish(reports=True),
    "wrong_item": Wish(reports=True),
    "missing_item": Wish(reports=True),
    "late_delivery": Wish(reports=True),
}
_ABOUT = frozenset({"refund_status", "legal_threat", "contact_human", "fraud_report", "privacy_request"})
_SURE = 0.6
_SURE_ENOUGH_TO_DOUBT = 0.4
UNCLEAR = Wish(unclear=True)


def understood(text: str, intent: str, sure: float) -> Wish:
    """With what a model takes a request for: it speaks where the words name nothing, and may say that "refund" is not
    what is asked for.
    """
    wish = wish_of(text)
    if wish.doubtful:
        return wish
    if wish.wanted and not wish.person:
        return UNCLEAR if intent in _ABOUT and sure >= _SURE_ENOUGH_TO_DOUBT else wish
    if wish.says_something:
        return wish
    return replace(_OF_INTENT.get(intent, UNCLEAR), guessed=True) if sure >= _SURE else UNCLEAR
