"""What customers read of a survey, in their language where we have it."""

_ASK = {
    "en": "How did we do? Your rating helps us to get better.",
    "de": "Wie waren wir? Ihre Bewertung hilft uns, besser zu werden.",
    "es": "¿Qué le pareció nuestra atención? Su valoración nos ayuda a mejorar.",
    "fr": "Comment avons-nous répondu à votre demande ? Votre note nous aide à progresser.",
    "pt": "Como foi o nosso atendimento? A sua avaliação ajuda-nos a melhorar.",
}
_NUMBER = {
    "en": "Please answer with a number from 1 (bad) to 5 (great).",
    "de": "Bitte antworten Sie mit einer Zahl von 1 (schlecht) bis 5 (sehr gut).",
    "es": "Responda con un número del 1 (mal) al 5 (muy bien).",
    "fr": "Répondez par un chiffre de 1 (mauvais) à 5 (très bien).",
    "pt": "Responda com um número de 1 (mau) a 5 (excelente).",
}
_THANKS = {
    "en": "Thank you for your rating!",
    "de": "Danke für Ihre Bewertung!",
    "es": "¡Gracias por su valoración!",
    "fr": "Merci pour votre note !",
    "pt": "Obrigado pela sua avaliação!",
}
_NOTHING = {
    "en": "This button has no effect any more. Just write to us.",
    "de": "Dieser Knopf hat keine Wirkung mehr. Schreiben Sie uns einfach.",
    "es": "Este botón ya no tiene efecto. Escríbanos, por favor.",
    "fr": "Ce bouton n'a plus d'effet. Écrivez-nous simplement.",
    "pt": "Este botão já não tem efeito. Escreva-nos, por favor.",
}


def question(language: str | None, *, with_buttons: bool) -> str:
    """The survey's message. With buttons under it, nobody has to be told how to answer."""
    ask = _in(_ASK, language)
    return ask if with_buttons else f"{ask} {_in(_NUMBER, language)}"


def after_press(language: str | None, *, counted: bool) -> str:
    """What the customer's app shows for a moment after a press."""
    return _in(_THANKS if counted else _NOTHING, language)


def _in(texts: dict[str, str], language: str | None) -> str:
    return texts.get((language or "").split("-")[0].lower(), texts["en"])
