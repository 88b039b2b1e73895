"""Examples of what people are told by themselves: of every kind, bare, and as long as Slack bears."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID

from bot.views.autonomy import standings_view
from bot.views.digest import digest_view
from bot.views.direct_message import direct_message
from bot.wire import Json
from sla.clock import Kind as ClockKind
from sla.clock import State
from tests.bot.cards import NOON, a_card, an_escalation, an_understanding
from tests.bot.views import home_examples, run_examples
from tests.bot.views.work_examples import LONG, SITE, approvals
from tests.playbooks import LIFECYCLE
from ticketing.approvals.approval import Decision, Verdict
from ticketing.digests.digest import Digest
from ticketing.digests.numbers import Numbers
from ticketing.direct_messages.direct_message import Assignment, Kind
from ticketing.direct_messages.shown import Move as TicketMove
from ticketing.direct_messages.shown import News, Owed, Remark, ShownMove, Told
from ticketing.escalation.brief import Brief
from ticketing.escalation.escalation import Escalation
from ticketing.people.person import Person, Role
from ticketing.playbook.ai_policy import AiPolicy
from ticketing.playbook.resolving import Autonomy, Earning
from ticketing.playbook.sla_policy import Audience
from ticketing.resolution.levels import Case, How, Move, Sign
from ticketing.resolution.move_level import Standing
from ticketing.sla.shown import ShownClock
from ticketing.tickets.card import TicketCard

BEN = Person(UUID(int=70), "Ben", "ben@desk.example", Role.AGENT)
_OWED = Owed(UUID(int=71), Kind.ASSIGNED, BEN, True, NOON, UUID(int=12), UUID(int=72), "U1", NOON, "D1", None)
_CLOCKS = tuple(ShownClock(kind, State.BREACHED, NOON) for kind in ClockKind)
_SAID = Decision(UUID(int=40), UUID(int=41), "Sara", UUID(int=41), None, Verdict.REJECT, "No photo.", NOON)


def cards() -> Iterator[tuple[str, TicketCard]]:
    plain = a_card(last_words="When do I get my money back?", assignee=None, place=("C0123456789", "1795348800.000200"))
    yield "plain", plain
    yield "bare", a_card(last_words=None, understanding=None, place=None, customer="", subject="", clocks=())
    settled = next(each for each in LIFECYCLE.statuses if not each.category.is_live)
    yield "settled", replace(plain, status=settled)
    longest = a_card(subject=LONG, customer=LONG, tier=LONG, assignee=LONG, last_words=LONG, clocks=_CLOCKS)
    yield "longest", replace(longest, place=plain.place, type=LONG, understanding=an_understanding(summary=LONG))


def told() -> Iterator[tuple[str, Told]]:
    """By kind and card."""
    asked = dict(approvals())
    for name, card in cards():
        said = LONG if name == "longest" else "" if name == "bare" else "do you know this model?"
        who = LONG if name == "longest" else "" if name == "bare" else "Mia"
        given = Assignment(3, BEN.id, who, UUID(int=73), NOON, said)
        yield f"assigned_{name}", Told(_OWED, card, assignment=given)
        decided = tuple(replace(each, decisions=(_SAID,)) for each in (asked["used"], asked["longest_rejected"]))
        remark = Remark(who, UUID(int=73), said, "U2")
        mention = Told(replace(_OWED, kind=Kind.MENTIONED), card, remark=remark)
        yield f"mentioned_{name}", mention if name == "bare" else replace(mention, decided=decided)
        moves = (TicketMove(said or "Open", who or "Resolved", who, None),) * (10 if name == "longest" else 1)
        news = News(0 if name == "bare" else 1200, said, moves)
        yield f"watched_{name}", Told(replace(_OWED, kind=Kind.WATCHED), card, news=news)
        told_of = replace(_OWED, kind=Kind.ESCALATED)
        yield (
            f"escalated_{name}",
            Told(told_of, card, escalation=escalations()[name if name in escalations() else "plain"]),
        )
        yield f"autonomy_{name}", Told(replace(_OWED, kind=Kind.AUTONOMY), card, move=moves_of_levels()[name])
        request = asked["longest" if name == "longest" else "bare" if name == "bare" else "waiting"]
        yield f"approval_{name}", Told(replace(_OWED, kind=Kind.APPROVAL), card, approval=request)
        if name == "plain":
            by_ai = replace(request, requester="AI", why=f"Refund: {run_examples.ASKS.because}")
            found = dict(run_examples.evidence())["full"]
            yield (
                "approval_of_the_ai",
                Told(replace(_OWED, kind=Kind.APPROVAL), card, approval=replace(by_ai, found=found)),
            )


def escalations() -> dict[str, Escalation]:
    """Full, empty, and as long as Slack bears."""
    bare = Brief("", "", (), (), "Decide how it goes on.")
    longest = Brief(LONG, LONG, (LONG,) * 6, (LONG,) * 6, LONG)
    return {
        "plain": an_escalation(),
        "bare": an_escalation(because=("",), notify=frozenset(), sentiment=None, sentiment_then=None, brief=bare),
        "longest": an_escalation(because=(LONG,) * 20, notify=frozenset(Audience), brief=longest),
    }


def moves_of_levels() -> dict[str, ShownMove]:
    """Of how far the AI goes: down, up by hardly anything, and for the longest reasons."""
    ids, now = (UUID(int=80), UUID(int=12)), NOON
    case = Case(*ids, 12, "return", 3, Autonomy.ACT_ALONE, now, Sign.TURNED_DOWN)
    cases = (case, replace(case, ticket=14, sign=Sign.OTHER_AMOUNT), replace(case, ticket=9, sign=Sign.SAME))
    why = "3 of the newest 41 were wrong, and of 50 no more than 2 may be."
    levels = Autonomy.ACT_ALONE, Autonomy.ACT_WITH_APPROVAL
    fell = Move(UUID(int=81), "return", 4, now, *levels, How.FELL, why, right=38, judged=41, over=50, cases=cases)
    bare = replace(fell, how=How.ROSE, was=levels[1], level=levels[0], why="", cases=(), over=5)
    longest = replace(fell, type=LONG, why=LONG, cases=(replace(case, ticket=999_999_999, sign=Sign.OTHER_WAY),) * 20)
    plain = ShownMove(fell, "Return")
    return {"plain": plain, "bare": ShownMove(bare, ""), "settled": plain, "longest": ShownMove(longest, LONG)}


def standings() -> Iterator[tuple[str, list[Standing]]]:
    """Of how far the AI goes with each type."""
    top = AiPolicy(autonomy=Autonomy.ACT_ALONE, earns=Earning(Autonomy.SHADOW, 0.95, 50))
    moves = moves_of_levels()
    plain = Standing("return", "Return", top, Autonomy.ACT_WITH_APPROVAL, 17, 18, [moves["plain"].move])
    yield "none", []
    yield "plain", [plain, Standing("lost", "Lost", replace(top, earns=None), Autonomy.ACT_ALONE, 0, 0, [])]
    longest = Standing(LONG, LONG, top, Autonomy.SHADOW, 499, 500, [moves["longest"].move])
    yield "longest", [longest] * 40


def messages() -> Iterator[tuple[str, list[Json]]]:
    for name, each in told():
        yield f"told_{name}", direct_message(each, site="" if name.endswith("bare") else SITE)[1]
    for name, found in standings():
        yield f"autonomy_{name}", standings_view(found)
    for name, morning in digests():
        yield f"digest_{name}", digest_view(morning, site=SITE, picture=None if name == "empty" else "F0123456789")[1]


def digests() -> Iterator[tuple[str, Digest]]:
    """Of every home that there is an example of."""
    dates = [date(2026, 11, day) for day in (12, 13, 16, 17, 18, 19, 20)]
    days = [Numbers(each, 9 + each.day % 7, 8 + each.day % 5, 0, 0, None) for each in dates]
    days[-1] = replace(days[-1], breached=2, ratings=5, rating=4.4)
    for name, home in home_examples.homes():
        yield name, Digest(home.person, date(2026, 11, 23), home, () if name == "empty" else tuple(days))
