"""Words that promise something, in the languages whose words can be looked through: stems, by what they promise.

Complete they cannot be. They are a net below the counted facts of `said.py`, and where one is found that the saved
reply does not have, the saved reply is sent itself.
"""

import re
from collections.abc import Mapping

# English, German, French, Spanish, Portuguese, Italian, Dutch.
_STEMS = {
    "money": r"refund\w*|reimburs\w*|money back|erstatt\w*|rückerstatt\w*|zurückzahl\w*|rembours\w*|reembols\w*|"
    r"devol\w*|rimbors\w*|terugbeta\w*|terugbetal\w*",
    "voucher": r"vouchers?|gift ?cards?|coupons?|promo\w*|store credit|gutschein\w*|guthaben|bons? d.achat|"
    r"chèques?.cadeaux?|un avoir|avoirs|cup(?:ón|ones|om|ons)|vales?|crédito|credito|buon[oi]|cadeaubon\w*|tegoed",
    "discount": r"discount\w*|percent\w*|per cent|rabatt\w*|prozent\w*|nachlass|remises?|réductions?|pour ?cent|"
    r"descuentos?|descontos?|por ?cien(?:to)?|por ?cento|sconti?|sconto|korting\w*|procent",
    "gift": r"(?<!feel )free|gratis|kostenlos\w*|umsonst|geschenk\w*|gratuit\w*|cadeaux?|grátis|regal[oi]s?|"
    r"presente|complimentary|on the house",
    "amends": r"compensat\w*|entschädig\w*|indemni\w*|dédommag\w*|compensa\w*|indenniz\w*|risarci\w*|vergoed\w*|bonus",
    "replacement": r"replac\w*|ersatz\w*|austausch\w*|umtausch\w*|remplac\w*|échang\w*|reemplaz\w*|cambio|troca\w*|"
    r"substitu\w*|sostitu\w*|vervang\w*|exchang\w*|new one|neues?",
    "more": r"double|twice|triple|thrice|doppelt\w*|zweifach|dreifach|deux fois|trois fois|doble|triple|dobro|triplo|"
    r"doppio|dubbel\w*|additional\w*|extra\w*|zusätzlich\w*|en plus|adicional\w*|além",
    "certainty": r"guarant\w*|promis\w*|garant\w*|versprech\w*|versprich\w*|promet\w*|promess\w*|promett\w*|beloof\w*",
    "again": r"each|every\w*|jede[nmrs]?|chaque|cada|ogni|elke?|ieder\w*|(?:per|pro|je|por|par) (?:item|unit|piece|"
    r"person|order|day|week|month|year|annum|head|stück|artikel|tag|woche|monat|jahr|article|pièce|personne|jour|semaine|mois|"
    r"unidade?|persona|pessoa|día|dia|semana|mes|mês|año|ano)|months?|monthly|years?|yearly|annual\w*|weekly|daily|"
    r"monat\w*|jahr\w*|jährlich\w*|wöchentlich\w*|täglich\w*|mois|mensuel\w*|ann[ée]e?s?|mes(?:es)?|mensual\w*|años?|"
    r"mês|mensal\w*|anos?|mes[ei]|mensil\w*|ann[oi]|maand\w*|jaar\w*|always|immer|toujours|siempre|sempre|altijd|"
    r"again|wieder|novamente|opnieuw|whatever|everything|anything|alles|tout|todo|tudo|tutto|future|zukünftig\w*",
    "keeping": r"keep\w*|kept|behalt\w*|gard(?:er|ez)|conserv\w*|qued(?:ar\w*|e|es)|ficar? com|fique|tener\w*|tenga|"
    r"houd\w*|behoud\w*|yours",
    "paying": r"pay\w*|paid|cover\w*|bezahl\w*|zahl\w*|übernehmen|pa(?:ie|y)\w*|pag(?:a|o|u|ar|ad|am|hi)\w*|betaal\w*|"
    r"betal\w*|on us|on our|auf uns|aufs haus|unsere kosten|offert\w*|offr\w*|invit\w*|owe\w*|schuld\w*|send you|"
    r"transfer\w*|überweis\w*|credit\w*",
    "leave": r"exception\w*|ausnahm\w*|exceç\w*|excepc\w*|eccezion\w*|uitzonder\w*|approv\w*|genehmig\w*|bewillig\w*|"
    r"approuv\w*|accord\w*|aprob\w*|aprov\w*|goedgekeurd\w*|entitle\w*|eligib\w*|anspruch|grant\w*|gewähr\w*|"
    r"toegekend|kulanz\w*|goodwill|gesture|accept\w*|akzept\w*",
    "law": r"liab\w*|lawsuit|court|haft\w*|anwalt\w*|gericht\w*|tribunal\w*|abogad\w*|advogad\w*|avocat\w*",
    "number": r"\w*hundred\w*|\w*thousand\w*|millions?|fifty|sixty|seventy|eighty|ninety|twenty|thirty|forty|cents?|"
    r"\w*hundert\w*|\w*tausend\w*|\w*zig|\w*ßig|millionen?|centimes?|mille|cinquante|soixante\w*|quatre.vingt\w*|"
    r"quarante|trente|vingt|\w*cient[oa]s?|mil|quinient[oa]s|cincuenta|sesenta|setenta|ochenta|noventa|cuarenta|"
    r"treinta|veinte|cem|cento|\w*centos|\w*centas|quinhent[oa]s|cinquenta|sessenta|oitenta|quarenta|trinta|vinte|"
    r"\w*cento|mila|cinquanta|sessanta|settanta|ottanta|novanta|quaranta|trenta|venti|\w*honderd\w*|\w*duizend\w*|"
    r"dozen\w*|dutzend\w*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|both|half|zwei|drei|vier|fünf|"
    r"sechs|sieben|acht|neun|zehn|elf|zwölf|\w+zehn|beide\w*|halb\w*|hälfte|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|"
    r"douze|moitié|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce|ambos|mitad|dois|duas|três|quatro|sete|oito|nove|"
    r"dez|doze|metade|due|quattro|cinque|sette|otto|dieci|dodici|metà|twee|drie|vijf|zeven|negen|tien|twaalf|helft",
}
_PROMISES: Mapping[str, re.Pattern[str]] = {
    what: re.compile(rf"(?<!\w)(?:{stems})(?!\w)", re.IGNORECASE) for what, stems in _STEMS.items()
}
_NOT = re.compile(
    r"(?<!\w)(?:not|cannot|no|never|unable|unfortunately|sorry|\w+n[’']t|nicht|kein\w*|nie|leider|pas|ne|n[’']\w+|"
    r"malheureusement|regrett\w*|não|nao|nunca|infelizmente|lamentablemente|lamentamos|non|purtroppo|niet|geen|helaas)"
    r"(?!\w)",
    re.IGNORECASE,
)


def promised(text: str) -> frozenset[str]:
    """What a text speaks of, of what may be a promise."""
    return frozenset(what for what, pattern in _PROMISES.items() if pattern.search(text))


def denies(text: str) -> bool:
    """Whether something in it is said not to be so."""
    return _NOT.search(text) is not None
