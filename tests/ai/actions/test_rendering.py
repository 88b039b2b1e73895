"""Whatever a caller writes, a call goes where its playbook says, and says one thing in each place."""

import json
from urllib.parse import parse_qsl, unquote, urlsplit

from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from ai.actions.rendering import rendered, taken
from tests.ai.actions.acting import a_context
from tests.examples import tried
from threadline import NotFound, OutcomeUnknown, Refused, shape_of
from threadline.signature import group_of
from ticketing.playbook.http_actions import HttpCall, Place, Template

NASTY = (
    st.text(max_size=30)
    | st.text("./\\?#%&=@: \r\n\t\0[]{}<>'\"é€", max_size=12)
    | st.sampled_from(["..", ".", "%2e%2e"])
)
CALL = HttpCall(
    "GET",
    Template(("https://shop.example:8443",)),
    Template(("/v1/orders/", Place("order"), "/lines/", Place("line"), ".json")),
    query=(("q", Template((Place("q"),))), ("fixed", Template(("1",))), ("both", Template(("a ", Place("q"), "!")))),
    headers=(("X-Note", Template(("for ", Place("q")))),),
    body={"note": Template((Place("q"),)), "text": Template(("[", Place("q"), "]"))},
    result={"value": ("a", "0", "b")},
)


@tried(400)
@given(NASTY, NASTY, NASTY)
def test_no_value_leaves_its_place(order: str, line: str, q: str) -> None:
    try:
        request = rendered(CALL, {"order": order, "line": line, "q": q}, a_context())
    except (NotFound, Refused):
        return
    parts = urlsplit(request.url)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("https", "shop.example:8443", "")
    segments = parts.path.split("/")
    assert [segments[1], segments[2], segments[4]] == ["v1", "orders", "lines"]
    assert [unquote(segments[3]), unquote(segments[5])] == [order.strip(), f"{line.strip()}.json"]
    assert parse_qsl(parts.query, keep_blank_values=True) == [("q", q), ("fixed", "1"), ("both", f"a {q}!")]
    assert URL(request.url, encoded=True).host == "shop.example"  # as the connection reads it
    assert str(URL(request.url, encoded=True)) == request.url
    assert request.headers == {"X-Note": f"for {q}"}
    assert request.headers["X-Note"].isprintable()
    assert request.body == {"note": q, "text": f"[{q}]"}


@tried(300)
@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda each: st.lists(each) | st.dictionaries(st.sampled_from("ab"), each),
    ).map(lambda each: json.dumps(each).encode())
)
def test_any_answer_gives_its_values_or_is_no_json(body: bytes) -> None:
    shape = shape_of(group_of("Result", {"value": str | None}))
    try:
        found = taken(CALL, shape, body)
    except OutcomeUnknown:
        return
    assert found is not None
    assert found["value"] is None or isinstance(found["value"], str)
