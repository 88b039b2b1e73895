"""Which addresses go through the proxy."""

import pytest

from core.proxies import reached_directly


class TestReachedDirectly:
    @pytest.mark.parametrize(
        "url", ["http://127.0.0.1:8000", "http://localhost/x", "http://[::1]:9", "http://127.9.9.9"]
    )
    def test_this_machine_is(self, url: str) -> None:
        assert reached_directly(url)

    @pytest.mark.parametrize("url", ["https://api.anthropic.com", "https://slack.com/api/", "http://10.0.0.1"])
    def test_others_are_not(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert not reached_directly(url)

    def test_unless_they_are_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
        monkeypatch.setenv("NO_PROXY", "internal.example,10.0.0.1")
        assert reached_directly("https://api.internal.example/v1")
        assert reached_directly("http://10.0.0.1:8080")
        assert not reached_directly("https://api.example.com")
