"""Fish do not lie upon each other, keep their places, and are near when they send."""

from __future__ import annotations

from math import hypot

import pytest

from shoal.gui.widgets.shoal_layout import MOST_DRAWN, PATIENCE, Place, School, Swimmer

SIZES = [(354, 150), (210, 140), (1170, 190), (1170, 640), (500, 500)]


def swimmers(count: int, *, near: int = 0, first: int = 0) -> list[Swimmer]:
    return [
        Swimmer(f"10.0.0.{number}:6881", 0 if number < near else 2, 100.0 if number < near else 0.0)
        for number in range(first, first + count)
    ]


def apart(first: Place, second: Place) -> float:
    return hypot(first.x - second.x, first.y - second.y)


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("count", [1, 9, 40, 120, 300])
def test_fish_do_not_lie_upon_each_other_nor_outside(width: int, height: int, count: int) -> None:
    school = School()
    places = [*school.arrange(swimmers(count, near=count // 4), width, height, 1.0).values()]
    fish = school.waters.fish
    assert len(places) + school.left_out == count
    assert len(places) <= MOST_DRAWN
    assert len(places) >= min(count, 12)
    closest = min((apart(one, other) for at, one in enumerate(places) for other in places[:at]), default=fish)
    assert closest >= 0.62 * fish
    for place in places:
        assert fish / 2 <= place.x <= width - fish / 2
        assert fish / 2 <= place.y <= height - fish / 2
        assert apart(place, Place(width / 2, height / 2, 0)) > school.waters.you + fish / 2


def test_others_stay_where_they_are_while_peers_come_and_go() -> None:
    school = School()
    before = school.arrange(swimmers(40), 1170, 640, 1.0)
    during = school.arrange(swimmers(45), 1170, 640, 1.0)
    after = school.arrange(swimmers(30, first=5), 1170, 640, 1.0)
    assert {key: during[key] for key in before} == before
    assert all(after[key] == during[key] for key in after)


def test_the_same_peers_swim_at_the_same_places_in_every_run() -> None:
    assert School().arrange(swimmers(30), 700, 400, 1.0) == School().arrange(swimmers(30), 700, 400, 1.0)


def test_who_sends_is_nearer_at_once_and_farther_only_after_a_while() -> None:
    school = School()

    def distance(nearness: int) -> float:
        place = school.arrange([Swimmer("a:1", nearness, 0.0)], 700, 700, 1.0)["a:1"]
        return apart(place, Place(350, 350, 0))

    far = distance(2)
    near = distance(0)
    assert near < far
    assert [distance(2) for _ in range(PATIENCE)] == [near] * (PATIENCE - 1) + [far]


def test_too_many_for_the_room_are_counted_and_the_most_active_are_drawn() -> None:
    school = School()
    crowd = [Swimmer(f"h{number}:1", 2, float(number)) for number in range(200)]
    drawn = school.arrange(crowd, 1170, 640, 1.0)
    assert school.left_out == 80
    assert set(drawn) == {f"h{number}:1" for number in range(80, 200)}


def test_without_room_nothing_is_drawn() -> None:
    school = School()
    assert school.arrange(swimmers(5), 60, 30, 1.0) == {}
    assert school.left_out == 5


def test_larger_text_means_larger_fish() -> None:
    small, large = School(), School()
    small.arrange(swimmers(10), 1400, 900, 1.0)
    large.arrange(swimmers(10), 1400, 900, 2.0)
    assert large.waters.fish == 2 * small.waters.fish


@pytest.mark.parametrize(("width", "height"), [(354, 150), (352, 157)])
def test_forty_peers_are_large_enough_to_be_seen_in_the_overview(width: int, height: int) -> None:
    school = School()
    school.arrange(swimmers(40, near=9), width, height, 1.0)
    assert 24 <= school.waters.fish <= 28
    assert (len(school.waters.rings), school.left_out) == (2, 0)
