"""What the pages of answers say beyond the words of surveys and offers, in the customer's language where we have it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageWords:
    """`bad` and `great` are what the ends of the scale mean; `given` has a place for a {score}."""

    rate: str
    bad: str
    great: str
    comment: str
    send: str
    given: str
    offer: str
    nothing: str
    expired: str
    forged: str
    away: str
    too_long: str
    enough: str


_WORDS = {
    "en": PageWords(
        rate="Your rating",
        bad="bad",
        great="great",
        comment="What should we know? (optional)",
        send="Send",
        given="You gave {score} out of 5. You can change it.",
        offer="We wrote to you",
        nothing="This link has no effect any more. Just write to us.",
        expired="This link has expired. Just write to us.",
        forged="This is no link of ours. Please open it from our mail once more.",
        away="We could not take your answer just now. Please send it again in a moment.",
        too_long="Your comment is too long: {most} characters fit. Please shorten it.",
        enough="Thank you: we have several comments of yours already. Please write to us instead.",
    ),
    "de": PageWords(
        rate="Ihre Bewertung",
        bad="schlecht",
        great="sehr gut",
        comment="Was sollten wir wissen? (freiwillig)",
        send="Absenden",
        given="Sie haben {score} von 5 gegeben. Sie können es ändern.",
        offer="Wir haben Ihnen geschrieben",
        nothing="Dieser Link hat keine Wirkung mehr. Schreiben Sie uns einfach.",
        expired="Dieser Link ist abgelaufen. Schreiben Sie uns einfach.",
        forged="Das ist kein Link von uns. Bitte öffnen Sie ihn noch einmal aus unserer Mail.",
        away="Wir konnten Ihre Antwort gerade nicht annehmen. Bitte senden Sie sie gleich noch einmal.",
        too_long="Ihr Kommentar ist zu lang: {most} Zeichen passen. Bitte kürzen Sie ihn.",
        enough="Danke: Wir haben schon mehrere Kommentare von Ihnen. Bitte schreiben Sie uns stattdessen.",
    ),
    "es": PageWords(
        rate="Su valoración",
        bad="mal",
        great="muy bien",
        comment="¿Qué deberíamos saber? (opcional)",
        send="Enviar",
        given="Ha dado {score} de 5. Puede cambiarlo.",
        offer="Le hemos escrito",
        nothing="Este enlace ya no tiene efecto. Escríbanos, por favor.",
        expired="Este enlace ha caducado. Escríbanos, por favor.",
        forged="Este enlace no es nuestro. Ábralo de nuevo desde nuestro correo, por favor.",
        away="Ahora no hemos podido recibir su respuesta. Envíela de nuevo en un momento, por favor.",
        too_long="Su comentario es demasiado largo: caben {most} caracteres. Acórtelo, por favor.",
        enough="Gracias: ya tenemos varios comentarios suyos. Escríbanos mejor, por favor.",
    ),
    "fr": PageWords(
        rate="Votre note",
        bad="mauvais",
        great="très bien",
        comment="Que devrions-nous savoir ? (facultatif)",
        send="Envoyer",
        given="Vous avez donné {score} sur 5. Vous pouvez changer d'avis.",
        offer="Nous vous avons écrit",
        nothing="Ce lien n'a plus d'effet. Écrivez-nous simplement.",
        expired="Ce lien a expiré. Écrivez-nous simplement.",
        forged="Ce lien n'est pas de nous. Ouvrez-le de nouveau depuis notre message.",
        away="Nous n'avons pas pu prendre votre réponse. Envoyez-la de nouveau dans un instant.",
        too_long="Votre commentaire est trop long : {most} caractères au plus. Merci de le raccourcir.",
        enough="Merci : nous avons déjà plusieurs commentaires de vous. Écrivez-nous plutôt, s'il vous plaît.",
    ),
    "pt": PageWords(
        rate="A sua avaliação",
        bad="mau",
        great="excelente",
        comment="O que devemos saber? (opcional)",
        send="Enviar",
        given="Deu {score} em 5. Pode alterar.",
        offer="Escrevemos-lhe",
        nothing="Esta ligação já não tem efeito. Escreva-nos, por favor.",
        expired="Esta ligação expirou. Escreva-nos, por favor.",
        forged="Esta ligação não é nossa. Abra-a de novo a partir da nossa mensagem.",
        away="Não conseguimos receber a sua resposta. Envie-a de novo dentro de momentos.",
        too_long="O seu comentário é demasiado longo: cabem {most} caracteres. Encurte-o, por favor.",
        enough="Obrigado: já temos vários comentários seus. Escreva-nos antes, por favor.",
    ),
}


def page_language(*preferred: str | None) -> str:
    """The first of these that we have, e.g. "de" for "de-AT"; else English."""
    short = ((each or "").split("-")[0].strip().lower() for each in preferred)
    return next((each for each in short if each in _WORDS), "en")


def page_words(language: str) -> PageWords:
    """Of what `page_language` said."""
    return _WORDS[language]
