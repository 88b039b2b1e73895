"""The pages behind the links in our mails, as HTML: what is asked and one button, or a word. Pure.

They need no JavaScript, load nothing, and everything in them that is not ours is escaped.
"""

import base64
import hashlib
from html import escape

from ticketing.answers.give import COMMENT_LENGTH
from ticketing.answers.question import NothingAsked, OfferAsked, Question, ScoreAsked
from ticketing.answers.wording import PageWords, page_words
from ticketing.offers.offer import Answer
from ticketing.offers.wording import labels, thanks
from ticketing.surveys.survey import BEST
from ticketing.surveys.wording import question as survey_question

_MOST_SHOWN = 3000  # characters of an offer
_STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --soft: #5d6b7a; --ground: #f3f5f8; --paper: #fff; --line: #d5dce4;
    --act: #1f5fa8; --on: #fff; --chosen: #e5effb; font: 17px/1.5 system-ui, -apple-system, sans-serif }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edf3; --soft: #a3b0be; --ground: #11161c; --paper: #1a222c;
    --line: #384554; --act: #79b0f2; --on: #0c1824; --chosen: #22364d } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--ground);
    color: var(--ink) }
main { width: 100%; max-width: 30rem; padding: 1.75rem; background: var(--paper); border: 1px solid var(--line);
    border-radius: .9rem }
h1 { font-size: 1.3rem; line-height: 1.35; margin: 0 0 1.25rem; overflow-wrap: anywhere }
h1:last-child { margin: 0 }
p { margin: 0 0 1rem }
.soft { color: var(--soft); font-size: .92rem }
.wrong { border-left: 4px solid #d2453b; padding-left: .8rem }
.mark { font-size: 2.4rem; line-height: 1; margin: 0 0 .8rem; color: var(--act) }
fieldset { border: 0; margin: 0 0 1.25rem; padding: 0; min-width: 0 }
legend, label.above { padding: 0; margin: 0 0 .5rem; font-weight: 600; display: block }
.scale { display: grid; grid-template-columns: repeat(5, 1fr); gap: .5rem }
.scale label { position: relative; display: block; cursor: pointer }
.scale input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer }
.scale label > span { display: block; padding: .75rem 0; text-align: center; font-weight: 600;
    border: 1px solid var(--line); border-radius: .6rem }
.scale input:checked + span { background: var(--chosen); border-color: var(--act);
    box-shadow: inset 0 0 0 1px var(--act) }
.scale input:focus-visible + span { outline: 3px solid var(--act); outline-offset: 2px }
.ends { display: flex; justify-content: space-between; margin: .4rem 0 0; color: var(--soft); font-size: .85rem }
textarea { width: 100%; min-height: 6rem; padding: .7rem; margin: 0 0 1.25rem; font: inherit; color: inherit;
    background: transparent; border: 1px solid var(--line); border-radius: .6rem; resize: vertical }
blockquote { margin: 0 0 1.5rem; padding: 0 0 0 1rem; border-left: 4px solid var(--line); white-space: pre-wrap;
    overflow-wrap: anywhere; max-height: 50vh; overflow-y: auto }
button { width: 100%; padding: .85rem 1rem; border: 0; border-radius: .6rem; background: var(--act); color: var(--on);
    font: inherit; font-weight: 600; cursor: pointer }
button:focus-visible, textarea:focus-visible { outline: 3px solid var(--act); outline-offset: 2px }
"""
_ALLOWED = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_ALLOWED}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
}


def asking(question: Question, language: str, *, comment: str = "", wrong: str = "") -> str:
    """The page of a link. With `comment` and what is `wrong`, it comes back to whoever has sent it."""
    words = page_words(language)
    match question:
        case ScoreAsked():
            return _scores(question, language, words, comment, wrong)
        case OfferAsked():
            return _offer(question, language, words, wrong)
        case NothingAsked():
            if question.given is None:
                return saying(words.nothing, language)
            return saying(thanks(language, accepted=question.given is Answer.ACCEPTED), language, good=True)


def saying(text: str, language: str, *, good: bool = False) -> str:
    """A page that only says something."""
    mark = '<p class="mark" aria-hidden="true">✓</p>' if good else ""
    return _page(text, f"{mark}<h1>{escape(text)}</h1>", language)


def _scores(asked: ScoreAsked, language: str, words: PageWords, comment: str, wrong: str) -> str:
    title = survey_question(language, with_buttons=True)
    before = f'<p class="soft">{escape(words.given.format(score=asked.given))}</p>' if asked.given else ""
    scale = "".join(_score(each, each == asked.chosen) for each in range(1, BEST + 1))
    form = (
        f'<fieldset><legend>{escape(words.rate)}</legend><div class="scale">{scale}</div>'
        f'<p class="ends"><span>{escape(words.bad)}</span><span>{escape(words.great)}</span></p></fieldset>'
        f'<label class="above" for="comment">{escape(words.comment)}</label>'
        f'<textarea id="comment" name="comment" maxlength="{COMMENT_LENGTH}">\n{escape(comment)}</textarea>'
        f'<button type="submit">{escape(words.send)}</button>'
    )
    return _page(title, f"<h1>{escape(title)}</h1>{_wrong(wrong)}{before}{_form(form)}", language)


def _score(score: int, chosen: bool) -> str:
    checked = " checked" if chosen else ""
    field = f'<input type="radio" name="score" value="{score}" required{checked}>'
    return f'<label>{field}<span>{score}&nbsp;<span aria-hidden="true">★</span></span></label>'


def _offer(asked: OfferAsked, language: str, words: PageWords, wrong: str) -> str:
    accept, not_solved = labels(language)
    label = accept if asked.chosen is Answer.ACCEPTED else not_solved
    shown = asked.words if len(asked.words) <= _MOST_SHOWN else f"{asked.words[:_MOST_SHOWN]}…"
    quoted = f'<blockquote dir="auto">{escape(shown)}</blockquote>'
    form = _form(f'<button type="submit">{escape(label)}</button>')
    return _page(label, f"<h1>{escape(words.offer)}</h1>{quoted}{_wrong(wrong)}{form}", language)


def _wrong(words: str) -> str:
    return f'<p class="wrong" role="alert">{escape(words)}</p>' if words else ""


def _form(inner: str) -> str:
    """It is sent to where the page came from."""
    return f'<form method="post" accept-charset="utf-8">{inner}</form>'


def _page(title: str, inner: str, language: str) -> str:
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{escape(title)}</title><style>{_STYLE}</style></head>'
        f"<body><main>{inner}</main></body></html>\n"
    )
