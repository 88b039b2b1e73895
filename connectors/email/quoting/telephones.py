"""Lines that a telephone or a program adds below a mail, as patterns for a whole line. Data only; in lower case.

Most need the name of a device or a program: "Sent from Berlin by DHL" is a sentence of a customer's. Each stretch of
free words has an end.
"""

from connectors.email.quoting.word_list import words

_DEVICE = "|".join(
    words(r"""
    iphon | ipad | ipod | android | samsung | galaxy | huawei | xiaomi | pixel | nokia | oneplus | blackberry |
    windows | outlook | yahoo | gmail | google | gmx | web\.de | proton | aol | t-online | mail | correo |
    poczt | post\b | почт | mobil | mobiel | smartphone | handy | telefon | téléphone | teléfono | telefone |
    telefoon | puhelim | телефон | tablet | device | phone | gerät | appareil | dispositivo | apparaat |
    urządzen | enhet | enhed | laite | zařízen | cihaz | устройств | スマート | 手机 | 手機
""")
)
_BEFORE = "|".join(
    (
        r"sent (?:from|via|with|by|using)",
        r"(?:von|mit) mein\w{1,3}",
        r"gesendet (?:von|mit|über)",
        r"diese nachricht wurde (?:von|mit)",
        r"envoyé (?:de|depuis|à partir de|via|par|avec)",
        r"enviado (?:desde|de|a partir de|con|por|via|pelo|do)",
        r"inviato (?:da|dal|con|tramite)",
        r"verzonden (?:vanaf|met|via|vanuit)",
        r"wysłan[eo] (?:z|za pomocą|przez)",
        r"skickat (?:från|med|via)",
        r"sendt (?:fra|med|via)",
        r"lähetetty",
        r"odesláno (?:z|ze)",
        r"odoslané (?:z|zo)",
        r"отправлено (?:с|из|со)",
        r"надіслано (?:з|із)",
        r"trimis (?:de pe|din)",
        r"στάλθηκε (?:από|με)",
    )
)
_ADDRESS = r"(?: ?<[^<>]{0,200}>)?"  # of a shop for programs
MOBILE = (
    rf"(?:{_BEFORE}) [^.,!?<]{{0,40}}(?:{_DEVICE})[^.,!?<]{{0,60}}(?:\.com|\.de)?{_ADDRESS}",
    r"sent from my [^.,!?]{1,60}",
    r"sent from a [^.,!?]{1,60}",
    r"(?:get|download) outlook for .{1,120}",
    r"outlook für .{1,20} (?:beziehen|herunterladen).{0,80}",
    r"holen sie sich outlook für .{1,100}",
    r"(?:télécharger|obtenez|obtenir) outlook pour .{1,100}",
    r"(?:obtener|obtenga|obter|obtenha) (?:o )?outlook para .{1,100}",
    r"(?:ottieni|scarica) outlook per .{1,100}",
    r"(?:download )?outlook voor .{1,20}(?: downloaden)?.{0,80}",
    r"pobierz (?:aplikację |program )?outlook dla .{1,100}",
    r"(?:skaffa|hämta) outlook för .{1,100}",
    r"(?:hent|få) outlook (?:til|for) .{1,100}",
    r"hanki outlook .{1,100}",
    r"(?:získejte|stáhnout|získať) outlook pr[oe] .{1,100}",
    r"(?:скачать|завантажити) outlook (?:для|на) .{1,100}",
    r".{1,40}(?:dan|den|tan|ten) gönderildi",
    r".{1,30}から送信(?:されました)?",
    r"(?:发自|發自|来自|來自)我的 ?.{1,30}",
    r"從我的 ?.{1,30}傳送",
    r".{1,30}에서 보냄",
    r"az .{1,40} küldve",
)
