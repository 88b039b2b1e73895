"""What customers read of an offer, in their language where we have it."""

_ACCEPT = {"en": "Accept", "de": "Annehmen", "es": "Aceptar", "fr": "Accepter", "pt": "Aceitar"}
_NOT_SOLVED = {"en": "Not solved", "de": "Nicht gelöst", "es": "No resuelto", "fr": "Non résolu", "pt": "Não resolvido"}
_IN_A_WORD = {
    "en": "Please answer Yes or No.",
    "de": "Bitte antworten Sie mit Ja oder Nein.",
    "es": "Responda Sí o No, por favor.",
    "fr": "Merci de répondre par Oui ou Non.",
    "pt": "Responda Sim ou Não, por favor.",
}
_ACCEPTED = {
    "en": "Thank you! We have noted that you accept.",
    "de": "Danke! Wir haben notiert, dass Sie annehmen.",
    "es": "¡Gracias! Hemos anotado que acepta.",
    "fr": "Merci ! Nous avons noté votre accord.",
    "pt": "Obrigado! Registámos que aceita.",
}
_DECLINED = {
    "en": "Thank you. We will look into it again.",
    "de": "Danke. Wir sehen es uns noch einmal an.",
    "es": "Gracias. Lo revisaremos de nuevo.",
    "fr": "Merci. Nous allons revoir votre demande.",
    "pt": "Obrigado. Vamos analisar de novo.",
}


def labels(language: str | None) -> tuple[str, str]:
    """Of the two buttons."""
    return _in(_ACCEPT, language), _in(_NOT_SOLVED, language)


def in_a_word(language: str | None) -> str:
    """How to answer where there are no buttons."""
    return _in(_IN_A_WORD, language)


def thanks(language: str | None, *, accepted: bool) -> str:
    """What the customer's app shows for a moment after a press that counted."""
    return _in(_ACCEPTED if accepted else _DECLINED, language)


def _in(texts: dict[str, str], language: str | None) -> str:
    return texts.get((language or "").split("-")[0].lower(), texts["en"])
