"""The most ordinary words of some languages (ISO 639-1), by which a text shows which it is in."""

from collections.abc import Mapping

ORDINARY: Mapping[str, str] = {
    "en": "the is are my i you your it and not to of for with have has was can could would please what where when how "
    "this that no hi hello hey thanks thank yes im ive id dont cant didnt doesnt want need get got order help am in on "
    "be been will me we still any from but a an",
    "de": "der die das ist ich nicht und mein meine meinen sie ein eine wo wann wie bitte danke mit auf für zu habe "
    "hallo guten es noch immer kein keine kann möchte von dem den ihr wir auch ja nein",
    "es": "el la los las es mi no que un una y por favor gracias hola dónde cuándo cómo quiero necesito para con está "
    "tengo se me lo pero muy ha he pedido buenos buenas días qué aún todavía sí",
    "fr": "le la les est mon ma mes je ne pas un une et vous merci bonjour où quand comment pour avec suis ai jai "
    "cest nai votre sur du des dans mais très toujours oui non ma commande veux voudrais",
    "pt": "o os as é meu minha não que um uma e por favor obrigado obrigada olá onde quando como quero preciso para "
    "com está tenho se mas muito ainda eu você do da no na pedido bom boa dia sim",
    "it": "il lo gli è mio mia non che un una e per favore grazie ciao buongiorno dove quando come voglio vorrei con "
    "ho sono della del ma molto ancora sì ordine",
    "nl": "de het een is mijn ik niet en u je waar wanneer hoe graag bedankt met voor heb hallo maar nog van dat dit "
    "kan wil ben op te bestelling geen",
}
