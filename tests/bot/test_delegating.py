"""Who is away names in Slack who decides about approvals for them, until the end of a day."""

from datetime import datetime, timedelta

import pytest

from bot.intents import Action, Field
from core.instants import utc_now
from emulators.slack import Person, Workspace, as_text
from tests.bot.office import Office
from ticketing.approvals.delegate import DelegationPeriodRefused, DelegationRefused, StandIn
from ticketing.people.permissions import PermissionRefused
from ticketing.people.person import Role

TOMORROW = (utc_now() + timedelta(days=1)).date()
END_OF_TOMORROW = datetime.combine(TOMORROW + timedelta(days=1), datetime.min.time(), utc_now().tzinfo)


@pytest.fixture
async def sara(office: Office, workspace: Workspace) -> Person:
    """A supervisor, with her home tab open."""
    await office.desk.add_person("Sara", "sara@desk.example", Role.SUPERVISOR)
    sara = workspace.add_user("sara", "sara@desk.example")
    await sara.open_home()
    return sara


async def opened(person: Person) -> str:
    home = person.home()
    assert home is not None
    await person.press_in(home["id"], Action.DELEGATE)
    return str(person.modals()[-1]["id"])


async def delegate(office: Office, of: Person) -> StandIn | None:
    person = await office.desk.person_by_email(f"{of.name}@desk.example")
    assert person is not None
    return await office.desk.delegate_of(person)


def picked(person: Person, day: str = TOMORROW.isoformat()) -> dict[str, str]:
    return {Field.DELEGATE: person.id, Field.UNTIL: day}


async def test_a_colleague_is_named_and_it_is_recorded_by_whom(office: Office, sara: Person, ben: Person) -> None:
    assert (await sara.submit(await opened(sara), picked(ben))).outcome == "closed"
    assert await delegate(office, sara) == StandIn("Ben", END_OF_TOMORROW)
    assert await delegate(office, ben) is None
    row = await office.one("SELECT kind, actor_name FROM activity WHERE kind LIKE 'delegate.%'")
    assert row == {"kind": "delegate.named", "actor_name": "Sara"}


async def test_who_it_is_so_far_stands_in_the_form_and_is_dismissed_there(
    office: Office, sara: Person, ben: Person
) -> None:
    await sara.submit(await opened(sara), picked(ben))
    form = await opened(sara)
    assert "Now it is Ben" in as_text(sara.modals()[-1])
    await sara.press_in(form, Action.DISMISS_DELEGATE)
    assert await delegate(office, sara) is None
    assert "Now it is" not in as_text(sara.modals()[-1])


@pytest.mark.parametrize(
    ("who", "day", "field", "words"),
    [
        ("sara", TOMORROW.isoformat(), Field.DELEGATE, "Nobody is their own delegate."),
        ("stranger", TOMORROW.isoformat(), Field.DELEGATE, "not in Threadline"),
        ("ben", "2026-01-01", Field.UNTIL, "That day is over."),
        ("ben", (TOMORROW + timedelta(days=92)).isoformat(), Field.UNTIL, "That is too far away. Choose 20"),
        ("ben", "9999-12-31", Field.UNTIL, "That is too far away."),
        ("ben", "0001-01-01", Field.UNTIL, "That day is over."),
    ],
)
async def test_what_makes_no_sense_is_said_at_the_field(
    office: Office, sara: Person, ben: Person, stranger: Person, who: str, day: str, field: Field, words: str
) -> None:
    chosen = {"sara": sara, "ben": ben, "stranger": stranger}[who]
    answer = await sara.submit(await opened(sara), picked(chosen, day))
    assert words in answer.errors[field]
    assert await delegate(office, sara) is None


async def test_for_a_quarter_of_a_year_at_most(office: Office, sara: Person, ben: Person) -> None:
    last = TOMORROW + timedelta(days=90)
    assert (await sara.submit(await opened(sara), picked(ben, last.isoformat()))).outcome == "closed"
    assert await delegate(office, sara) == StandIn("Ben", END_OF_TOMORROW + timedelta(days=90))
    with pytest.raises(DelegationPeriodRefused, match="at most 92 days"):
        await office.desk.delegate("sara@desk.example", "ben@desk.example", utc_now() + timedelta(days=93))


async def test_who_leaves_decides_for_nobody_and_nobody_for_them(office: Office, sara: Person, ben: Person) -> None:
    await office.desk.delegate("sara@desk.example", "mia@desk.example", END_OF_TOMORROW)
    await office.desk.delegate("mia@desk.example", "ben@desk.example", END_OF_TOMORROW)
    mia = await office.desk.retire("mia@desk.example")
    assert await delegate(office, sara) is None
    ended = await office.all("SELECT kind FROM activity WHERE kind LIKE 'delegate.%' ORDER BY seq")
    assert [each["kind"] for each in ended] == ["delegate.named"] * 2 + ["delegate.ended"] * 2
    await office.desk.add_person("", "mia@desk.example", Role.AGENT)
    assert await delegate(office, sara) is None
    assert await office.desk.delegate_of(mia) is None


async def test_the_form_was_open_while_one_of_them_left(office: Office, sara: Person, ben: Person) -> None:
    here = [await office.desk.person_by_email(f"{name}@desk.example") for name in ("sara", "ben", "mia")]
    by, gone, colleague = here
    assert by is not None
    assert gone is not None
    assert colleague is not None
    await office.desk.retire("ben@desk.example")
    with pytest.raises(DelegationRefused, match="Ben has left the desk"):
        await office.desk.name_delegate(gone, END_OF_TOMORROW, by=by)
    with pytest.raises(PermissionRefused, match="You may not say who decides for you"):
        await office.desk.name_delegate(colleague, END_OF_TOMORROW, by=gone)
    assert await office.all("SELECT * FROM delegation") == []


async def test_who_decides_nothing_has_no_such_button(office: Office, mia: Person) -> None:
    await mia.open_home()
    home = mia.home()
    assert home is not None
    assert "Delegate" not in as_text(home)
