"""Positions that are shown have no gaps; keys that are saved grow along the list, and hardly ever change."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import cast

from shoal.engine.policy.queue_order import placed
from shoal.engine.session.list_order import KEY_STEP, ListOrder
from shoal.engine.torrent.torrent import Torrent


@dataclass
class Entry:
    """What the order of the list needs of a torrent."""

    torrent_id: str
    order_key: int = 0
    queue_position: int = 0
    has_new_place: bool = False


class Listed:
    """An order, and its entries by id."""

    def __init__(self, entries: list[Entry]) -> None:
        self.shown_anew: list[str] = []
        self.entries = {entry.torrent_id: entry for entry in entries}
        self.order = ListOrder(self.shown_anew.append)
        for entry in entries:
            self.order.add(cast(Torrent, entry))
        self.saved()

    def saved(self) -> None:
        for entry in self.entries.values():
            entry.has_new_place = False

    def place(self, chosen: list[str], before: str | None) -> list[str]:
        """Move; answers who has to be saved, sorted."""
        answered = self.order.arrange(placed(self.order.ids, chosen, before), chosen)
        found = sorted(entry.torrent_id for entry in self.entries.values() if entry.has_new_place)
        assert sorted(torrent.torrent_id for torrent in answered) == found
        self.saved()
        return found

    def check(self) -> None:
        ordered = [self.entries[torrent_id] for torrent_id in self.order.ids]
        assert [entry.queue_position for entry in ordered] == list(range(1, len(ordered) + 1))
        assert sorted(ordered, key=lambda entry: entry.order_key) == ordered
        assert len({entry.order_key for entry in ordered}) == len(ordered)


def fresh(count: int) -> Listed:
    return Listed([Entry(f"{number:03}") for number in range(count)])


def test_only_what_was_moved_is_saved_anew_and_only_what_is_shown_elsewhere_is_told() -> None:
    listed = fresh(100)
    assert listed.place(["090"], "005") == ["090"]
    listed.check()
    assert sorted(listed.shown_anew) == [f"{number:03}" for number in (*range(5, 90), 90)]
    assert listed.place(["000", "050"], None) == ["000", "050"]
    listed.check()
    assert listed.order.ids[-2:] == ["000", "050"]
    assert listed.place(["050"], None) == [], "it is there already"


def test_whatever_is_moved_the_saved_keys_tell_the_order() -> None:
    rng = random.Random(4)
    listed = fresh(30)
    for _ in range(400):
        ids = listed.order.ids
        chosen = rng.sample(ids, rng.choice((1, 1, 2, 7, 29)))
        listed.place(chosen, rng.choice([*ids, None]))
        listed.check()
        again = Listed([Entry(entry.torrent_id, entry.order_key) for entry in sorted_by_key(listed)])
        assert again.order.ids == listed.order.ids


def sorted_by_key(listed: Listed) -> list[Entry]:
    return sorted(listed.entries.values(), key=lambda entry: entry.order_key)


def test_when_there_is_no_room_between_two_keys_all_are_given_anew() -> None:
    listed = fresh(4)
    renewed = 0
    for _ in range(3 * KEY_STEP.bit_length()):
        # Always right behind the first, which fills the room there.
        renewed += len(listed.place([listed.order.ids[-1]], listed.order.ids[1])) > 1
        listed.check()
    assert 1 <= renewed <= 4


def test_a_list_of_an_older_version_without_room_between_its_keys_keeps_its_order() -> None:
    listed = Listed([Entry(f"{number:03}", order_key=number) for number in range(1, 6)])
    assert [entry.order_key for entry in listed.entries.values()] == [1, 2, 3, 4, 5]
    listed.place(["005"], "002")
    listed.check()
    assert listed.order.ids == ["001", "005", "002", "003", "004"]
    assert listed.place(["004"], "001") == ["004"], "there is room now"


def test_two_entries_that_were_saved_for_one_place_have_one_each() -> None:
    listed = Listed([Entry("a", order_key=7), Entry("b", order_key=7), Entry("c", order_key=8)])
    listed.check()
    assert listed.order.ids == ["a", "b", "c"]
