"""How mailers of many languages introduce what they quote. Written by us after their habits."""

MAX = "Max Muster <max@shop.example>"
# How mailers say who wrote what follows, with nothing but this sentence to go by.
INTRODUCTIONS = {
    "en": f"On Mon, Nov 23, 2026 at 10:00 AM {MAX} wrote:",
    "en apple": "On 23 Nov 2026, at 10:00, Max Muster <max@shop.example> wrote:",
    "de": f"Am Mo., 23. Nov. 2026 um 10:00 Uhr schrieb {MAX}:",
    "de apple": "Am 23.11.2026 um 10:00 schrieb Max Muster <max@shop.example>:",
    "fr": f"Le lun. 23 nov. 2026 à 10:00, {MAX} a écrit :",
    "es": f"El lun, 23 nov 2026 a las 10:00, {MAX} escribió:",
    "it": f"Il giorno lun 23 nov 2026 alle ore 10:00 {MAX} ha scritto:",
    "pt": f"Em seg., 23 de nov. de 2026 às 10:00, {MAX} escreveu:",
    "nl": f"Op ma 23 nov 2026 om 10:00 schreef {MAX}:",
    "pl": f"pon., 23 lis 2026 o 10:00 {MAX} napisał(a):",
    "pl apple": "W dniu 23.11.2026 o 10:00, Max Muster pisze:",
    "sv": f"Den mån 23 nov. 2026 kl 10:00 skrev {MAX}:",
    "da": f"Den man. 23. nov. 2026 kl. 10.00 skrev {MAX}:",
    "no": f"man. 23. nov. 2026 kl. 10:00 skrev {MAX}:",
    "fi": "ma 23. marrask. 2026 klo 10.00 Max Muster (max@shop.example) kirjoitti:",
    "cs": f"po 23. 11. 2026 v 10:00 odesílatel {MAX} napsal:",
    "sk": f"po 23. 11. 2026 o 10:00 {MAX} napísal(a):",
    "tr": f"{MAX}, 23 Kas 2026 Pzt, 10:00 tarihinde şunu yazdı:",
    "ru": "пн, 23 нояб. 2026 г. в 10:00, Max Muster <max@shop.example>:",
    "ru mail": "23 ноября 2026 г., 10:00 пользователь Max <max@shop.example> написал:",
    "uk": f"пн, 23 лист. 2026 р. о 10:00 {MAX} пише:",
    "hu": f"{MAX} ezt írta (időpont: 2026. nov. 23., H, 10:00):",
    "ro": f"În lun., 23 nov. 2026 la 10:00, {MAX} a scris:",
    "el": f"Στις Δευ 23 Νοε 2026 στις 10:00 π.μ., {MAX} έγραψε:",
    "ja": f"2026年11月23日(月) 10:00 {MAX}:",
    "ja mail": "2026/11/23 10:00、Max Muster <max@shop.example>のメール:",
    "zh": f"{MAX} 于2026年11月23日周一 10:00写道：",
    "zh-TW": f"{MAX} 於 2026年11月23日 週一 上午10:00寫道：",
    "ko": f"2026년 11월 23일 (월) 오전 10:00, {MAX}님이 작성:",
}
# Outlook's lines: From, Sent, To, Subject.
BLOCKS = {
    "en": ("From", "Sent", "To", "Subject"),
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "fr": ("De", "Envoyé", "À", "Objet"),
    "es": ("De", "Enviado el", "Para", "Asunto"),
    "it": ("Da", "Inviato", "A", "Oggetto"),
    "pt": ("De", "Enviado", "Para", "Assunto"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "pl": ("Od", "Wysłano", "Do", "Temat"),
    "sv": ("Från", "Skickat", "Till", "Ämne"),
    "da": ("Fra", "Sendt", "Til", "Emne"),
    "fi": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    "cs": ("Od", "Odesláno", "Komu", "Předmět"),
    "tr": ("Kimden", "Gönderildi", "Kime", "Konu"),
    "ru": ("От", "Отправлено", "Кому", "Тема"),
    "uk": ("Від", "Надіслано", "Кому", "Тема"),
    "hu": ("Feladó", "Elküldve", "Címzett", "Tárgy"),
    "ro": ("De la", "Trimis", "Către", "Subiect"),
    "el": ("Από", "Εστάλη", "Προς", "Θέμα"),
    "ja": ("差出人", "送信日時", "宛先", "件名"),
    "zh": ("发件人", "发送时间", "收件人", "主题"),
    "ko": ("보낸 사람", "보낸 날짜", "받는 사람", "제목"),
}
SEPARATORS = (
    *("-----Original Message-----", "-----Ursprüngliche Nachricht-----", "-----Message d'origine-----"),
    *("-----Mensaje original-----", "-----Messaggio originale-----", "-----Mensagem original-----"),
    *("-----Oorspronkelijk bericht-----", "-----Oryginalna wiadomość-----", "-----Ursprungligt meddelande-----"),
    *("-----Oprindelig meddelelse-----", "-----Opprinnelig melding-----", "-----Alkuperäinen viesti-----"),
    *("-----Původní zpráva-----", "-----Orijinal Mesaj-----", "-----Исходное сообщение-----"),
    *(
        "-----元のメッセージ-----",
        "------------------ 原始邮件 ------------------",
        "-----원본 메시지-----",
        "-------- Original Message --------",
    ),
)


def block(labels: tuple[str, str, str, str], *, bold: str = "") -> str:
    values = ("Max Muster <max@shop.example>", "Montag, 23. November 2026 10:00", "Dana", "Broken mug")
    pairs = zip(labels, values, strict=True)
    return "\n".join(f"{bold}{label}:{bold} {value}" for label, value in pairs)
