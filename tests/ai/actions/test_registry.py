"""Actions are found in modules and packages; what is wrong is told with the module, its line and what to do."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ai.actions.registry import ActionsUnusable, Catalogue, load_actions
from threadline import Context, action

HEAD = "from threadline import Context, action\n\n"
LOOK = '@action\nasync def {name}(context: Context) -> str:\n    """Look."""\n    return "x"\n\n'
Write = Callable[[str, str], str]


@pytest.fixture
def write(tmp_path: Path) -> Iterator[Write]:
    """Writes a module of the desk's own and says its dotted path."""
    before = {*sys.modules}
    sys.path.insert(0, str(tmp_path))

    def written(name: str, text: str) -> str:
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        return name

    yield written
    sys.path.remove(str(tmp_path))
    for name in {*sys.modules} - before:
        if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in str(sys.modules[name].__file__):
            del sys.modules[name]


class TestLoadActions:
    def test_collects_the_actions_of_modules_by_name(self, write: Write) -> None:
        orders = write("desk_orders", HEAD + LOOK.format(name="track") + LOOK.format(name="find"))
        stock = write("desk_stock", f"from desk_orders import find\n{HEAD}" + LOOK.format(name="check_stock"))
        found = load_actions([orders, stock])
        assert list(found) == ["check_stock", "find", "track"]
        assert found.specs["track"].description == "Look."

    def test_installed_packages_offer_theirs(self, write: Write, tmp_path: Path) -> None:
        write("crm_actions", HEAD + LOOK.format(name="crm_lookup") + LOOK.format(name="crm_other"))
        info = tmp_path / "crm-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: crm\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[threadline.actions]\none = crm_actions:crm_lookup\n")
        assert "crm_lookup" in load_actions([])
        assert "crm_other" not in load_actions([])
        assert "crm_lookup" not in load_actions([], installed=False)

    def test_nothing_named_is_nothing_found(self) -> None:
        assert len(load_actions([], installed=False)) == 0

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("x = 1\n", "has no actions. Write @action above a function"),
            ("def broken(:\n", r"is not Python \(.*desk_broken.py, line 1\)"),
            ("x = 1\nx = {}['key']\n", r"breaks \(.*desk_broken.py, line 2\): KeyError: 'key'"),
            (
                "import nowhere_to_be_found\n",
                r"imports nowhere_to_be_found, which is not there \(.*desk_broken.py, line 1",
            ),
            (
                HEAD + "@action\ndef look(context: Context) -> str:\n    return ''\n",
                r"line 3\): It is no async function",
            ),
            (
                HEAD + LOOK.format(name="look").replace("@action", "@action(approval='arguments.amount > 200')"),
                "the approval of look is wrong. arguments has no amount",
            ),
        ],
    )
    def test_a_module_that_cannot_be_used_is_named_with_its_line_and_what_to_do(
        self, write: Write, text: str, words: str
    ) -> None:
        with pytest.raises(ActionsUnusable, match=words) as told:
            load_actions([write("desk_broken", text)])
        assert "desk_broken" in told.value.message

    def test_a_module_that_is_not_there_is_named(self) -> None:
        with pytest.raises(ActionsUnusable, match=r"desk\.nowhere of THREADLINE_ACTIONS is not there: no module desk"):
            load_actions(["desk.nowhere"])

    def test_two_of_one_name_are_refused(self, write: Write) -> None:
        one, two = (write(name, HEAD + LOOK.format(name="look")) for name in ("desk_one", "desk_two"))
        with pytest.raises(ActionsUnusable, match=r"called look: one of desk_one, one of desk_two"):
            load_actions([one, two])


def test_a_catalogue_takes_further_actions() -> None:
    @action
    async def look(context: Context) -> None:
        """Look."""

    assert list(Catalogue().with_more([look])) == ["look"]
