"""What a customer means who answers an offer in words of their own: yes, no, or something that a person reads. Pure.

Rather no answer than a wrong one: an "ok" may only say that it was read, and a "yes, but" is none.
"""

import re
import unicodedata

_LONGEST = 60  # characters; who writes more says more than yes or no

# By language: English, German, Spanish, French, Portuguese, Italian, Dutch. Without accents, in small letters.
_YES = (
    "yes|yep|yeah|yup|i accept|accepted|i agree|agreed|accept|that is fine|that's fine|that works|sounds good",
    "ja|jawohl|ja gerne|gerne|einverstanden|ich bin einverstanden|ich nehme an|angenommen|annehmen|passt",
    "si|claro|claro que si|acepto|de acuerdo|estoy de acuerdo|aceptar|aceptado",
    "oui|j'accepte|d'accord|je suis d'accord|accepter|c'est d'accord",
    "sim|aceito|de acordo|concordo|estou de acordo|aceitar",
    "accetto|sono d'accordo",
    "akkoord|ik ga akkoord|ja graag",
)
_NO = (
    "no|nope|not solved|i do not accept|i don't accept|i do not agree|i don't agree|i decline|declined",
    "nein|nicht gelost|nicht einverstanden|ich bin nicht einverstanden|leider nein|nein leider nicht",
    "no acepto|no estoy de acuerdo|no resuelto|no esta resuelto",
    "non|je n'accepte pas|pas d'accord|je ne suis pas d'accord|non resolu",
    "nao|nao aceito|nao concordo|nao resolvido",
    "non accetto|non sono d'accordo",
    "nee|niet akkoord|niet opgelost",
)
_THANKS = "please|thanks|thank you|thanks a lot|thank you very much|bitte|danke|vielen dank|por favor|gracias"
_THANKS += "|muchas gracias|s'il vous plait|merci|merci beaucoup|obrigado|obrigada|grazie|per favore|graag|dank u"
_MEANS_YES = re.compile(rf"(?:(?:yes|ja|si|oui|sim) )?(?:{'|'.join(_YES)})(?: (?:{_THANKS}))*")
_MEANS_NO = re.compile(rf"(?:(?:no|nein|non|nao|nee) )?(?:{'|'.join(_NO)})(?: (?:{_THANKS}))*")
_DECORATION = re.compile(r"[\s.,!¡🙂😊😀👍🙏❤️🏻🏼🏽🏾🏿]+")


def accepts(text: str) -> bool | None:
    """True: yes. False: no. None: neither, or not only."""
    if len(text) > _LONGEST or "?" in text:
        return None
    plain = _plain(text)
    if _MEANS_YES.fullmatch(plain):
        return True
    return False if _MEANS_NO.fullmatch(plain) else None


def _plain(text: str) -> str:
    """Small letters without accents; nothing between the words but one space."""
    folded = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    bare = "".join(each for each in folded if not unicodedata.combining(each))
    return _DECORATION.sub(" ", bare).strip()
