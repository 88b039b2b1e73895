"""The words by which mailers of many languages introduce what they quote. Data only; all in lower case.

English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Swedish, Danish, Norwegian, Finnish, Czech,
Slovak, Turkish, Russian, Ukrainian, Hungarian, Romanian, Greek, Japanese, Chinese, Korean, and single words of others.
A language is added by adding words, also to `labels.py` and `telephones.py`.
"""

from connectors.email.quoting.word_list import words

# "On Monday, Max wrote:": the sentence ends with one of these.
WROTE_LAST = words("""
    wrote | writes | schrieb | schrieb am | a écrit | a ecrit | escribió | escribio | ha scritto | scrisse |
    escreveu | schreef | napisał | napisała | napisał(a) | napisał/a | napisal(a) | pisze | skrev | skriver |
    kirjoitti | napsal | napsala | napsal(a) | napsal/a | napísal | napísala | napísal(a) | şunu yazdı | yazdı |
    yazmış | написал | написала | написал(а) | пишет | пише | написав | написала(в) | írta | ezt írta | a scris |
    έγραψε | 님이 작성 | 님이 작성한 메시지 | 작성 | のメール | のメッセージ | 写道 | 寫道 | が書きました |
    wrote the following | va escriure |
    je napisao | je napisala | rašė | kirjutas | đã viết | menulis | napisao je
""")
# "Am Montag schrieb Max:": a name may follow these.
WROTE_INSIDE = words("""
    schrieb | schreef | skrev | 写道 | 寫道 | tarihinde | ezt írta | написал | пише | napsal
""")
# How such a sentence may begin where its first line holds neither a date nor a name.
ATTRIBUTION_STARTS = tuple(
    f"{word} "
    for word in words("""
    on | am | le | el | il | em | op | w dniu | dnia | den | dne | dňa | a | в | у | στις | a(z) | pe | na | no dia |
    il giorno | tarihinde | at | in message | à
""")
)
# "-----Original Message-----": what is between the dashes.
ORIGINAL = words("""
    original message | ursprüngliche nachricht | originalnachricht | original-nachricht | ursprungliche nachricht |
    message d'origine | message d’origine | message original | message initial | mensaje original |
    messaggio originale | messaggio di origine | mensagem original | oorspronkelijk bericht | origineel bericht |
    wiadomość oryginalna | oryginalna wiadomość | treść oryginalnej wiadomości | ursprungligt meddelande |
    originalmeddelande | oprindelig meddelelse | original meddelelse | opprinnelig melding | original melding |
    alkuperäinen viesti | původní zpráva | puvodni zprava | pôvodná správa | orijinal mesaj | özgün ileti |
    orijinal ileti | исходное сообщение | оригинальное сообщение | первоначальное сообщение | вихідне повідомлення |
    оригінальне повідомлення | eredeti üzenet | mesaj original | mesajul original | αρχικό μήνυμα |
    元のメッセージ | 原始邮件 |
    原始郵件 | 邮件原件 | 原邮件 | 원본 메시지 | 원본 메일 | original | original email
""")
# The same of what is passed on.
FORWARDED = words("""
    forwarded message | forwarded mail | weitergeleitete nachricht | message transféré | message réexpédié |
    mensaje reenviado | mensaje reexpedido | messaggio inoltrato | mensagem encaminhada | mensagem reencaminhada |
    doorgestuurd bericht | wiadomość przekazana | przekazana wiadomość | treść przekazanej wiadomości |
    vidarebefordrat meddelande | vidarebefordrat mejl | videresendt meddelelse | videresendt besked |
    videresendt melding | välitetty viesti | edelleenlähetetty viesti | přeposlaná zpráva | preposlaná správa |
    yönlendirilmiş mesaj | yönlendirilen ileti | iletilen mesaj | пересылаемое сообщение | пересланное сообщение |
    переслане повідомлення | továbbított üzenet | mesaj redirecționat | προωθημένο μήνυμα | 転送されたメッセージ |
    転送メッセージ |
    转发的邮件 | 转发邮件 | 轉寄的郵件 | 轉寄郵件 | 전달된 메시지 | 전달된 메일
""")
# Apple's line, which has no dashes.
FORWARD_BEGINS = words("""
    begin forwarded message | anfang der weitergeleiteten nachricht | début du message réexpédié |
    début du message transféré | inicio del mensaje reenviado | inizio messaggio inoltrato |
    início da mensagem encaminhada | início da mensagem reencaminhada | begin doorgestuurd bericht |
    początek przekazywanej wiadomości | początek wiadomości przekazanej | vidarebefordrat brev |
    start på videresendt besked | videresendt besked | start på videresendt melding | välitetty viesti alkaa |
    začátek přeposílané zprávy | začiatok preposlanej správy | iletilmiş mesajın başlangıcı | i̇letilen ileti |
    начало переадресованного сообщения | начало переадресованного письма | початок переадресованого повідомлення |
    továbbított levél kezdete | începutul mesajului redirecționat | 転送されたメッセージ | 以下是转发的邮件 |
    開始轉寄郵件 | 전달된 메시지 시작
""")
# Before the subject of what is passed on …
FORWARD_PREFIXES = frozenset(
    words("""
    doorst | enc | fw | fwd | i | ilt | i̇lt | pd | rv | továbbítás | tr | vb | vl | vs | wg | ynt | πρθ | переслано |
    転送 | 轉寄 | 轉發 | 转发 | 전달
""")
)
# … or answered.
REPLY_PREFIXES = frozenset(
    words("""
    antw | atb | aw | odp | r | re | ref | res | rif | sv | vs | vá | válasz | yan | ynt | απ | отв | ответ | 回复 |
    回覆 | 答复 | 返信 | 답장 | 회신
""")
)
