"""Words that make a wish less than plain: not really, not yet, not all of it, not for this order alone.

Who doubts too often costs a person's time, who doubts too seldom pays what nobody asked for: so a word is enough, and
no grammar is tried. Words of five languages and no meaning.
"""

import re

_NEGATED = re.compile(
    r"\b(?:not|no|never|none|neither|nor|nothing|hardly|cannot|refuse|against|dont|doesnt|didnt|wont|cant)\b|n['’]t\b"
    r"|\b(?:nicht|kein\w{0,2}|nie|niemals|weder|ohne|nunca|jam[aá]s|tampoco|ni|ne|pas|jamais|aucun\w{0,2}|non)\b"
    r"|\bn['’](?=\w)|\b(?:não|nao|nem)\b",
    re.IGNORECASE,
)
# A thing that does not work is no wish that is not one; nor is "order no. 4711".
_COMPLAINT = re.compile(
    r"\b(?:(?:do|does|did|is|are|was|were|has|have|will|can|could)\s?not|\w{2,6}n['’]t|never|no longer) (?:\w{1,10} )?"
    r"(?:work|heat|turn|switch|start|fit|charg|arriv|clos|open|hold|come|came|function|what i (?:order|b[uo]))\w*"
    r"|\bnot (?:happy|satisfied|working|as described)\b|\b(?:order|item|invoice) no\b"
    r"|\b(?:funktioniert|geht|passt|ging|schließt|lädt|kam) (?:\w{1,12} )?nicht\b"
    r"|\b(?:no|não) (?:funciona|sirve|serve|enciende|liga|cierra|fecha|lleg[oó]|chegou)\b"
    r"|\bne (?:fonctionne|marche|ferme|chauffe) (?:pas|plus)\b",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"\bwait\w*|\buntil\b|\btill\b|\bnot yet\b|\blater\b|(?<!\bat )\bonce\b|\bunless\b"
    r"|^\W*(?:when|how (?:long|much|many))\b"
    r"|\bbefore (?:any|an?|the|you|i|we)\b|\bafter (?!\w{1,8} (?:\w{1,8} )?(?:minute|hour|day|week|month|use|wash))"
    r"|\berst\b|\bsobald\b|\bwarte\w*|\bsp[äa]ter\b|\bnach (?:dem|de[nr]|mein\w{0,2}) (?!\w{3,10}(?:tag|woche)\b)"
    r"|^\W*(?:wann|wie (?:lange|viel))\b"
    r"|\besper[aeo]\w*|\bhasta\b|\bdespués\b|\bmás tarde\b|\bantes de\b|^\W*(?:cuánto|cuándo|quanto|quando)\b"
    r"|\batten[dt]\w*|\bjusqu\w*|\baprès\b|\bplus tard\b|\bavant\b|^\W*combien\b"
    r"|\baté\b|\bdepois\b|\bmais tarde\b",
    re.IGNORECASE,
)
_AND_MORE = re.compile(
    r"\bboth\b|\band also\b|\bas well as\b|\bon top\b|\bsowohl\b|\bbeides?\b|\bund auch\b|\baußerdem\b"
    r"|\bambos\b|\bambas\b|\by también\b|\bademás\b|\bles deux\b|\bet aussi\b|\be também\b",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    r"\bno,? (?:thanks?\b|thank you|need\b)|\bnein,? danke|\bno,? gracias|\bnon,? merci|\bnão,? obrigad"
    r"|\blast thing\b|\bdas letzte,? was\b|\blo último que\b|\bderni[eè]re chose\b|\búltima coisa\b"
    r"|(?:^|[.,;!?\n])\W{0,3}(?:please |bitte )?(?:wait|hold (?:on|off)|hang on|warte\w*|espere?n?|attend(?:ez|s))\b"
    r"|\b(?:you|they|was|were|got|been|already)(?: \w{1,10}){0,2} refunded (?:me\b|it\b|the\b|us\b|by\b|twice\b)"
    r"|\brefund\w* (?:\w{1,10} ){0,3}(?:by (?:mistake|accident)|twice)\b"
    r"|\b(?:aus versehen|versehentlich|irrtümlich) (?:\w{1,12} ){0,3}\w*erstattet|\berstattet\b.{0,30}\bversehen"
    r"|\b(?:reembols|rembours)\w* (?:\w{1,12} ){0,3}(?:por error|par erreur|por engano)",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"(?:^|[.;:!?\n,]\s{0,3})(?:and |but |so )?(?:if|in case|should you|falls|wenn|si|se)\b"
    r"(?!,| (?:possible|you need|you can|möglich|es geht|es posible|possível|possible|vous pouvez|puede))",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\bpart(?:ly|ial|ially)\b|\bpart of\b|\bhalf\b(?! an? (?:hour|year))|\bsome of\b|\brest of\b"
    r"|\b(?:one|two|three|\d) of (?:the|them|my|those|these|our|\w{3,6})\b|\b(?:is|are|be|do|s) (?:\w{1,8} )?enough\b"
    r"|\b(?:only|just) (?:for )?(?:one|two|three|an? (?:few|part|bit)|the (?!refund|money|full)|my (?!money)|\d|some)"
    r"|\bteilweise\b|\bzum teil\b|\bein(?:en)? teil\b|\bhälfte\b|\breich(?:t|en)\b|\bgenüg\w*"
    r"|\b(?:nur|bloß) (?:für )?(?:ein|eine|einen|zwei|drei|der|die|den|\d)\b|\beine?[rs]? (?:der|von|davon)\b"
    r"|\b(?:en|em) parte\b|\bparcial\w*|\buma? parte\b|\bmitad\b|\bmetade\b|\bbasta\b|\bsuficiente\b|\buna parte\b"
    r"|\b(?:s[oó]lo|solamente|só|somente|apenas) (?:un|una|uno|dos|um|uma|dois|el|la|\d)\b"
    r"|\b(?:uno|una|um|uma) d[aeo]s?\b"
    r"|\ben partie\b|\bpartiel\w*|\bune partie\b|\bmoitié\b|\bseulement (?:un|une|le|la|deux)\b|\bl['’]une? d\w*"
    r"|\bune? des\b|\bsuffi\w*",
    re.IGNORECASE,
)
# Numbers of four digits and more that are no year, date, telephone number or amount.
_ORDERS = re.compile(
    r"(?<![\w.,+$€£/-])#?(?!20[0-3]\d\b)(\d{4,10})(?![\w%$€£/-]|[.,]\d|\s?(?:usd|eur|dollar|euro))", re.IGNORECASE
)
_SEVERAL = re.compile(
    r"\borders (?:no\.? )?#?\d|\bbestellungen\b|\bpedidos\b|\bcommandes\b|\bencomendas\b"
    r"|\b(?:all|both) (?:my |the )?orders\b",
    re.IGNORECASE,
)


def doubted(clause: str) -> bool:
    """Whether the words around a remedy leave in doubt that it is wanted, now and alone. What was refused in favour of
    it has no place in `clause`.
    """
    return any(words.search(_COMPLAINT.sub(" ", clause)) for words in (_NEGATED, _NOT_YET, _AND_MORE))


def doubtful(text: str) -> bool:
    """Whether a whole message leaves that in doubt: something is taken back, or depends on something, or is about a
    part of the order, or about several orders.
    """
    if any(words.search(text) for words in (_TAKEN_BACK, _CONDITION, _PART, _SEVERAL)):
        return True
    return len({found[1] for found in _ORDERS.finditer(text)}) > 1
