"""Trouble by chance: seeded, on a menu, and over when it is told so."""

import pytest

from emulators.chance import Chance

MENU = ("rain", "snow", "hail")


def weather(seed: int, share: float, *, days: int = 200, only: list[str] | None = None) -> list[str | None]:
    chance = Chance(MENU)
    chance.at_random(seed, share, only=only)
    return [chance.draw() for _ in range(days)]


class TestChance:
    def test_the_same_seed_draws_the_same_and_another_does_not(self) -> None:
        assert weather(1, 0.5) == weather(1, 0.5)
        assert weather(1, 0.5) != weather(2, 0.5)

    def test_the_share_is_about_how_much_goes_wrong(self) -> None:
        assert weather(1, 0.0) == [None] * 200
        assert None not in weather(1, 1.0)
        assert 20 < 200 - weather(1, 0.2).count(None) < 60

    def test_only_the_named_kinds_happen(self) -> None:
        assert set(weather(1, 0.5, only=["snow"])) == {None, "snow"}

    def test_what_cannot_happen_here_does_not(self) -> None:
        chance = Chance(MENU)
        chance.at_random(1, 1.0, only=["rain", "snow"])
        assert {chance.draw(among={"snow", "hail"}) for _ in range(50)} == {"snow"}
        assert chance.draw(among={"hail"}) is None

    def test_what_was_laid_out_comes_first_and_once(self) -> None:
        chance = Chance(MENU)
        chance.next("hail", times=2)
        assert chance.draw(among={"rain"}) is None
        assert [chance.draw() for _ in range(3)] == ["hail", "hail", None]
        assert (chance.happened, chance.left) == ({"hail": 2}, 0)

    def test_calm_ends_it_and_keeps_the_count(self) -> None:
        chance = Chance(MENU)
        chance.at_random(1, 1.0, only=["rain"])
        chance.draw()
        chance.next("snow")
        chance.calm()
        assert [chance.draw() for _ in range(50)] == [None] * 50
        assert chance.happened == {"rain": 1}

    def test_a_kind_that_is_not_on_the_menu_or_an_impossible_share_is_refused(self) -> None:
        chance = Chance(MENU)
        with pytest.raises(ValueError, match="no such trouble: fog; there is rain"):
            chance.at_random(1, 0.5, only=["fog"])
        with pytest.raises(ValueError, match="fog"):
            chance.next("fog")
        with pytest.raises(ValueError, match="between 0 and 1"):
            chance.at_random(1, 1.5)
