"""Beats to subscribers: everything at first, then only news."""

from dataclasses import replace

from tests.support.fake_client import row

from shoal.api.snapshots import Alert, SessionTotals, TorrentRow, Update
from shoal.engine.session.updates import MOST_ALERTS_KEPT, MOST_ROWS, UpdateFeed

TOTALS = SessionTotals()


class Engine:
    """Rows that a test changes, and what a subscriber was sent."""

    def __init__(self, *ids: str) -> None:
        self.feed = UpdateFeed()
        self.rows: dict[str, TorrentRow] = {torrent_id: row(torrent_id) for torrent_id in ids}
        self.totals = TOTALS
        self.asked_rows: list[str] = []

    def beat(self, now: float, *, is_last: bool = False) -> None:
        self.feed.beat(now, self.rows.keys(), self.row_of, lambda: self.totals, is_last=is_last)

    def row_of(self, torrent_id: str) -> TorrentRow:
        self.asked_rows.append(torrent_id)
        return self.rows[torrent_id]

    def add(self, torrent_id: str) -> None:
        self.rows[torrent_id] = row(torrent_id)
        self.feed.changed(torrent_id)

    def drop(self, torrent_id: str) -> None:
        del self.rows[torrent_id]
        self.feed.removed(torrent_id)


def ids(update: Update) -> list[str]:
    return [changed.torrent_id for changed in update.changed]


def test_the_first_beat_carries_every_row_and_the_next_only_changes() -> None:
    engine, got = Engine("a", "b", "c"), list[Update]()
    engine.feed.subscribe(got.append, 1.0)
    engine.beat(0.0)
    assert ids(got[0]) == ["a", "b", "c"]
    engine.feed.changed("b")
    engine.beat(1.0)
    assert ids(got[1]) == ["b"]
    assert [update.sequence for update in got] == [0, 1]


def test_an_empty_engine_is_told_once_too() -> None:
    engine, got = Engine(), list[Update]()
    engine.feed.subscribe(got.append, 1.0)
    engine.beat(0.0)
    engine.beat(1.0)
    assert [update.changed for update in got] == [()]


def test_nothing_is_sent_or_computed_when_nothing_changed() -> None:
    engine, got = Engine("a"), list[Update]()
    engine.feed.subscribe(got.append, 1.0)
    engine.beat(0.0)
    engine.asked_rows.clear()
    for second in range(1, 5):
        engine.beat(float(second))
    assert len(got) == 1
    assert engine.asked_rows == []


def test_changed_totals_are_news() -> None:
    engine, got = Engine("a"), list[Update]()
    engine.feed.subscribe(got.append, 1.0)
    engine.beat(0.0)
    engine.totals = replace(TOTALS, peers=3)
    engine.beat(1.0)
    engine.beat(2.0)
    assert [update.totals.peers for update in got] == [0, 3]
    assert ids(got[1]) == []


def test_many_changes_between_beats_are_one_row() -> None:
    engine, got = Engine("a"), list[Update]()
    engine.feed.subscribe(got.append, 1.0)
    engine.beat(0.0)
    for _ in range(10):
        engine.feed.changed("a")
    engine.beat(0.5)
    assert len(got) == 1
    engine.beat(1.0)
    assert ids(got[1]) == ["a"]


def test_a_removed_torrent_is_told_once_and_not_as_changed() -> None:
    engine, got = Engine("a", "b"), list[Update]()
    engine.feed.subscribe(got.append, 1.0)
    engine.beat(0.0)
    engine.feed.changed("a")
    engine.drop("a")
    engine.beat(1.0)
    engine.beat(2.0)
    assert got[1].removed == ("a",)
    assert ids(got[1]) == []
    assert len(got) == 2


def test_a_torrent_removed_and_added_again_between_beats_is_changed_only() -> None:
    engine, got = Engine("a"), list[Update]()
    engine.feed.subscribe(got.append, 1.0)
    engine.beat(0.0)
    engine.drop("a")
    engine.add("a")
    engine.beat(1.0)
    assert (ids(got[1]), got[1].removed) == (["a"], ())


def test_a_torrent_added_and_removed_between_beats_is_no_row() -> None:
    engine, got = Engine(), list[Update]()
    engine.feed.subscribe(got.append, 1.0)
    engine.beat(0.0)
    engine.add("a")
    engine.drop("a")
    engine.beat(1.0)
    assert all(ids(update) == [] for update in got)


def test_subscribers_have_their_own_beats_and_their_own_news() -> None:
    engine = Engine("a", "b")
    fast, slow, late = list[Update](), list[Update](), list[Update]()
    engine.feed.subscribe(fast.append, 1.0)
    engine.feed.subscribe(slow.append, 3.0)
    engine.beat(0.0)
    engine.feed.changed("a")
    engine.beat(1.0)
    engine.feed.subscribe(late.append, 1.0)
    engine.feed.changed("b")
    engine.beat(2.0)
    engine.beat(3.0)
    assert [ids(update) for update in fast] == [["a", "b"], ["a"], ["b"]]
    assert [ids(update) for update in slow] == [["a", "b"], ["a", "b"]]
    assert [ids(update) for update in late] == [["a", "b"]]


def test_alerts_come_with_the_next_beat_in_their_order_and_bounded() -> None:
    engine, got = Engine(), list[Update]()
    engine.feed.subscribe(got.append, 1.0)
    for number in range(MOST_ALERTS_KEPT + 5):
        engine.feed.alert(Alert("bad-piece", "a", {"piece": number}))
    engine.beat(0.0)
    numbers = [alert.params["piece"] for alert in got[0].alerts]
    assert numbers == list(range(5, MOST_ALERTS_KEPT + 5))
    engine.beat(1.0)
    assert len(got) == 1


def test_the_last_beat_reaches_everyone_at_once() -> None:
    engine, got = Engine("a"), list[Update]()
    engine.feed.subscribe(got.append, 10.0)
    engine.beat(0.0)
    engine.feed.changed("a")
    engine.beat(0.1, is_last=True)
    assert [ids(update) for update in got] == [["a"], ["a"]]


def test_a_closed_subscription_hears_nothing() -> None:
    engine, got = Engine("a"), list[Update]()
    subscription = engine.feed.subscribe(got.append, 1.0)
    subscription.close()
    subscription.close()
    engine.feed.changed("a")
    engine.beat(0.0)
    assert got == []


def test_a_subscriber_may_leave_while_it_is_served() -> None:
    engine, got, other = Engine("a"), list[Update](), list[Update]()

    def once(update: Update) -> None:
        got.append(update)
        subscription.close()

    subscription = engine.feed.subscribe(once, 1.0)
    engine.feed.subscribe(other.append, 1.0)
    engine.beat(0.0)
    engine.feed.changed("a")
    engine.beat(1.0)
    assert (len(got), len(other)) == (1, 2)


def test_thousands_of_changes_come_in_parts_and_none_is_lost_or_late() -> None:
    many = [f"{number:05d}" for number in range(2 * MOST_ROWS + 1)]
    engine, got = Engine(*many), list[Update]()
    engine.feed.subscribe(got.append, 1.0)
    engine.beat(0.0)
    for torrent_id in many:
        engine.feed.changed(torrent_id)
    for beat in range(10, 14):
        engine.beat(beat / 10)
    assert [len(update.changed) for update in got[1:]] == [MOST_ROWS, MOST_ROWS, 1]
    assert [torrent_id for update in got[1:] for torrent_id in ids(update)] == many
    engine.feed.changed("00000")
    engine.beat(1.9)
    assert len(got) == 4, "the usual time between two beats has not passed"
    engine.beat(2.2)
    assert ids(got[4]) == ["00000"]


def test_the_last_beat_carries_all_that_changed() -> None:
    many = [f"{number:05d}" for number in range(MOST_ROWS + 1)]
    engine, got = Engine(*many), list[Update]()
    engine.feed.subscribe(got.append, 1.0)
    engine.beat(0.0)
    for torrent_id in many:
        engine.feed.changed(torrent_id)
    engine.beat(0.1, is_last=True)
    assert len(got[1].changed) == len(many)
