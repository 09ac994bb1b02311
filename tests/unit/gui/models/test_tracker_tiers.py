"""Trackers in their tiers, moved step by step and dropped elsewhere."""

from __future__ import annotations

import pytest

from shoal.api.details import TrackerRow
from shoal.gui.models.tracker_tiers import Tiers, moved_down, moved_up, placed, renamed, tiers_of, without

AB_C: Tiers = (("a", "b"), ("c",))


@pytest.mark.parametrize(
    ("url", "up", "down"),
    [
        ("a", (("a",), ("b",), ("c",)), (("b", "a"), ("c",))),
        ("b", (("b", "a"), ("c",)), (("a",), ("b", "c"))),
        ("c", (("a", "b", "c"),), AB_C),
        ("x", AB_C, AB_C),
    ],
)
def test_a_step_goes_through_the_tiers(url: str, up: Tiers, down: Tiers) -> None:
    assert moved_up(AB_C, url) == up
    assert moved_down(AB_C, url) == down


def test_a_drop_joins_the_tier_of_what_it_stands_before() -> None:
    assert placed(AB_C, "c", "b") == (("a", "c", "b"),)
    assert placed(AB_C, "a", "c") == (("b",), ("a", "c"))
    assert placed(AB_C, "a", None) == (("b",), ("c",), ("a",))
    assert placed(AB_C, "a", "a") == AB_C
    assert placed(AB_C, "x", "a") == AB_C


def test_edits_keep_the_rest_where_it_is() -> None:
    assert renamed(AB_C, "b", "d") == (("a", "d"), ("c",))
    assert without(AB_C, {"c", "x"}) == (("a", "b"),)


def test_only_what_belongs_to_the_transfer_has_a_tier_here() -> None:
    def source(url: str, tier: int, *, is_automatic: bool = False) -> TrackerRow:
        return TrackerRow(url, tier, "waiting", None, None, 0, None, "", is_automatic=is_automatic)

    rows = (source("a", 0), source("b", 0), source("c", 1), source("d", 2, is_automatic=True), source("dht", -1))
    assert tiers_of(rows) == AB_C
