"""The page answers to itself on this machine, and to no other page in the same browser."""

import httpx
import pytest

from tests.emulators.simulator.conftest import Scene

SAY = "/do/customer"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", "127.0.0.1.evil.example"])
async def test_a_foreign_host_is_refused(scene: Scene, host: str) -> None:
    assert (await scene.page.get("/", headers={"Host": host})).status_code == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", None])
async def test_a_foreign_page_can_do_nothing(scene: Scene, origin: str | None) -> None:
    headers = {} if origin is None else {"Origin": origin}
    answer = await scene.page.post(SAY, json={"name": "Mallory"}, headers=headers)
    assert answer.status_code == 403
    assert [each.name for each in scene.account.customers] == ["Carl"]


async def test_both_names_of_this_machine_are_good(scene: Scene) -> None:
    local = scene.url.replace("127.0.0.1", "localhost")
    answer = await scene.page.get("/", headers={"Host": httpx.URL(local).netloc.decode()})
    assert answer.status_code == 200


async def test_everything_comes_from_the_page_itself_and_runs_no_foreign_script(scene: Scene) -> None:
    answer = await scene.page.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for path in ("/page/js/main.js", "/page/css/tokens.css", "/page/icon.svg"):
        assert (await scene.page.get(path)).status_code == 200
    assert "https://" not in answer.text


async def test_files_outside_the_page_are_not_given_out(scene: Scene) -> None:
    for path in ("/page/../server.py", "/page/%2e%2e/server.py", "/page//etc/passwd"):
        assert (await scene.page.get(path)).status_code == 404
