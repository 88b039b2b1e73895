"""What a desk's own actions need to know."""

from pathlib import Path

from app.action_settings import action_settings


def test_variables_are_read_from_the_environment_and_else_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(
        "THREADLINE_ACTION_SHOP_URL=http://file\nTHREADLINE_ACTION_SHOP_TOKEN='a$b'\nTHREADLINE_ACTION_HOSTS=x\nPORT=1\n"
        "THREADLINE_ACTION_EMPTY=\n"
    )
    environment = {"THREADLINE_ACTION_SHOP_URL": "http://environment", "THREADLINE_ACTIONS": "shop", "PATH": "/bin"}
    assert action_settings(environment, file) == {"shop_url": "http://environment", "shop_token": "a$b"}


def test_without_any_there_are_none(tmp_path: Path) -> None:
    assert action_settings({}, tmp_path / ".env") == {}
