"""From:, Sent:, To:, Subject: above an earlier message, in many languages. Data only; all in lower case."""

from connectors.email.quoting.word_list import words

_FIELDS = {
    "from": """
        from | von | de | da | od | van | från | fra | lähettäjä | odesílatel | odosielateľ | gönderen | kimden | от |
        от кого | від | feladó | expeditor | de la | από | 差出人 | 送信者 | 发件人 | 發件人 | 寄件者 | 寄件人 |
        보낸 사람 | 보낸사람 |
        expéditeur | remitente | mittente | remetente | afzender | nadawca | avsändare | absender
    """,
    "date": """
        sent | date | gesendet | datum | gesendet am | envoyé | envoyé le | enviado | enviado el | enviado em |
        enviada em | enviada | inviato | data | fecha | verzonden | wysłano | wysłane | skickat | sendt | lähetetty |
        päivämäärä | päiväys | odesláno | odoslané | gönderildi | gönderme tarihi | tarih | gönderilme tarihi | дата |
        отправлено | надіслано | elküldve | dátum | küldve | trimis | dată | ημερομηνία | εστάλη | 送信日時 |
        日時 | 日付 |
        送信 | 发送时间 | 發送時間 | 日期 | 寄件日期 | 보낸 날짜 | 날짜 | 보낸시간 | dato
    """,
    "to": """
        to | an | à | para | a | per | aan | do | till | til | vastaanottaja | komu | kime | alıcı | кому | címzett |
        către | catre | προς | 宛先 | 收件人 | 收件者 | 받는 사람 | 받는사람 | destinataire | pre
    """,
    "cc": """
        cc | kopie | kopia | kopi | copie | copia | cópia | kopio | bilgi | копия | копія | másolatot kap | másolat |
        κοιν. | 抄送 | 副本 | 참조 | dw | udw | bcc
    """,
    "subject": """
        subject | betreff | objet | asunto | oggetto | assunto | onderwerp | temat | ämne | emne | aihe | předmět |
        predmet | konu | тема | tárgy | subiect | θέμα | 件名 | 主题 | 主旨 | 主題 | 제목 | re | betr
    """,
    "reply-to": """
        reply-to | antwort an | répondre à | responder a | rispondi a | responder para | antwoord aan | odpowiedz do |
        svara till
    """,
    "other": """
        importance | wichtigkeit | priority | attachments | anlagen | pièces jointes | datos adjuntos | allegati |
        anexos | bijlagen | załączniki | bilagor | priorität | importância | priorité | organization | 重要度 | 附件 |
        添付ファイル | message-id
    """,
}
# "Von" and its like: which field of a header block a label names.
LABELS = {label: field for field, labels in _FIELDS.items() for label in words(labels)}
