"""The pages behind the links in our mails. Programs that look for viruses follow every link, so following one changes
nothing: it shows what is asked, and only the button of the page answers.
"""

from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response

from ticketing.answers.give import COMMENT_LENGTH, CommentsFull
from ticketing.answers.link import PATH as _BASE
from ticketing.answers.link import AnswerLink
from ticketing.answers.wording import page_language, page_words
from ticketing.attachments.links import LinkExpired, LinkForged
from ticketing.tickets.comment import TextRefused
from web.answer_page import HEADERS, asking, saying
from web.body import read
from web.ports import Answers, AnswersUnavailable

PATH = f"{_BASE}{{data}}"
_MOST_BYTES = 64 * 1024  # of a form: the longest comment with every letter escaped, and room
_MOST_FIELDS = 10
_RETRY_AFTER = "10"  # seconds


class AnswerDoor:
    """The endpoint of `/answers/{data}?e=…&s=…`, for GET, HEAD and POST."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    async def __call__(self, request: Request) -> Response:
        query = request.query_params
        link = AnswerLink(str(request.path_params["data"]), query.get("e", ""), query.get("s", ""))
        language = page_language(*request.headers.get("accept-language", "").split(",")[:5])
        words = page_words(language)
        try:
            if request.method == "POST":
                return await self._take(link, request, language)
            question = await self._answers.question(link)
        except LinkForged:
            return _page(saying(words.forged, language), 403)
        except LinkExpired:
            return _page(saying(words.expired, language), 410)
        except AnswersUnavailable:
            return _away(saying(words.away, language))
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is left to read it
        return _page(asking(question, page_language(question.language, language)))

    async def _take(self, link: AnswerLink, request: Request, language: str) -> Response:
        form = await _form(request)
        score, comment = form.get("score", ""), form.get("comment", "").replace("\r\n", "\n")
        chosen = int(score) if score in ("1", "2", "3", "4", "5") else None
        try:
            told = await self._answers.give_answer(link, score=chosen, comment=comment)
        except TextRefused as error:  # with their words, so that they can send them otherwise
            question = await self._answers.question(link)
            language = page_language(question.language, language)
            words, full = page_words(language), isinstance(error, CommentsFull)
            wrong = words.enough if full else words.too_long.format(most=COMMENT_LENGTH)
            return _page(asking(question, language, comment=comment, wrong=wrong), 409 if full else 422)
        except AnswersUnavailable:  # what they wrote is in their browser: sending it again is one click
            return _away(saying(page_words(language).away, language))
        return _page(saying(told.words, page_language(told.language, language), good=told.counted))


async def _form(request: Request) -> dict[str, str]:
    """The first value of each field. Raises HTTPException 413, 400."""
    body = await read(request.headers.raw, request.receive, cap=_MOST_BYTES)
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(400, "This form is not one of ours.") from error
    return {name: values[0] for name, values in fields.items()}


def _page(html: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(html, status, HEADERS)


def _away(html: str) -> HTMLResponse:
    return HTMLResponse(html, 503, {**HEADERS, "Retry-After": _RETRY_AFTER})
