"""Out of hours, the customer is told when people are back (SPEC 1.10): once in each closed period."""

from datetime import datetime

from sla.calendar import Calendar, is_open, next_opening
from ticketing.conversations.conversation import Conversation

# {day} and {time} are the desk's own.
_TEXTS = {
    "en": "Thank you for your message. We are closed at the moment and will be back on {day} at {time}.",
    "de": "Danke für Ihre Nachricht. Wir haben gerade geschlossen und sind am {day} um {time} Uhr wieder da.",
    "es": "Gracias por su mensaje. En este momento estamos cerrados; volveremos el {day} a las {time}.",
    "fr": "Merci pour votre message. Nous sommes fermés en ce moment et serons de retour le {day} à {time}.",
    "pt": "Obrigado pela sua mensagem. De momento estamos fechados; voltamos em {day} às {time}.",
}
_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "pt": ("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"),
}
_DATES = {"en": "{name}, {month}/{day}", "de": "{name}, {day}.{month}.", "": "{name} {day}/{month}"}


def owed(conversation: Conversation, hours: Calendar, now: datetime) -> datetime | None:
    """When people are back, if the customer is to be told; None: the desk is open, or they have been told."""
    if is_open(hours, now):
        return None
    told = conversation.acknowledged_until
    return None if told is not None and told > now else next_opening(hours, now)


def acknowledgement(language: str, back: datetime, hours: Calendar) -> str:
    """In the customer's language where we have it, else in English. `back` in the desk's own zone, with the date."""
    known = language if language in _TEXTS else "en"
    local = back.astimezone(hours.zone)
    shape = _DATES.get(known, _DATES[""])
    day = shape.format(name=_DAYS[known][local.weekday()], day=local.day, month=local.month)
    return _TEXTS[known].format(day=day, time=f"{local:%H:%M}")
