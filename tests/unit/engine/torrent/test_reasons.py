"""Disk errors and waiting, as codes that front ends put into words."""

from types import SimpleNamespace
from typing import Any

import pytest

from shoal.api.errors import Reason
from shoal.engine.policy.availability import Availability
from shoal.engine.policy.picker import Picker
from shoal.engine.storage.errors import StorageError
from shoal.engine.torrent.reasons import failure_reason, reading_reason, waiting_reason
from shoal.metainfo.priorities import FilePriority

COUNT = 8


@pytest.mark.parametrize(
    ("code", "expected"),
    [("disk-full", "disk-full"), ("missing", "folder-gone"), ("read-only", "read-only"), ("io-error", "io-error")],
)
def test_a_disk_error_keeps_its_place(code: str, expected: str) -> None:
    reason = failure_reason(StorageError(code, "/downloads/a"))  # type: ignore[arg-type]
    assert (reason.code, reason.params) == (expected, {"path": "/downloads/a"})


def test_a_full_disk_says_how_much_is_missing() -> None:
    assert failure_reason(StorageError("disk-full", "/d", missing_bytes=77)).params == {"path": "/d", "missing": 77}


def test_reading_what_is_gone_means_that_files_changed() -> None:
    assert reading_reason(StorageError("missing", "/d")).code == "files-changed"
    assert reading_reason(StorageError("io-error", "/d")).code == "io-error"


def waiting(
    *,
    peers: tuple[int, ...] = (),
    sending: int = 0,
    trouble: Reason | None = None,
    answered: bool = False,
    next_in: float | None = 12.0,
    dht_answered: bool = False,
    dht_next_in: float | None = None,
    quiet_seconds: float = 0.0,
    chokes: bool = True,
    told: bool = True,
) -> Any:
    """A running download whose trackers are like this, connected to peers that have these sets."""
    availability = Availability(COUNT)
    for bits in peers:
        availability.add(bits)
    picker = Picker(availability)
    picker.set_wanted({FilePriority.NORMAL: 0xFF})
    picker.have = 0b11
    announcer = SimpleNamespace(trouble=lambda: trouble, has_answered=answered, next_announce_in=lambda now: next_in)
    return SimpleNamespace(
        swarm=SimpleNamespace(
            connected={number: SimpleNamespace(peer_choking=chokes) for number, _ in enumerate(peers)},
            counts=lambda now: (2, sending, 0),
            is_seen=lambda now: told,
        ),
        counters=SimpleNamespace(down_quiet_seconds=quiet_seconds),
        picker=picker,
        availability=availability,
        piece_count=COUNT,
        announcer=announcer,
        dht_search=SimpleNamespace(has_answered=dht_answered, next_in=dht_next_in),
    )


def test_while_data_flows_there_is_nothing_to_explain() -> None:
    assert waiting_reason(waiting(sending=1, trouble=Reason("tracker-failed")), 0.0) is None


def test_peers_that_lack_all_that_we_lack_are_no_help() -> None:
    assert waiting_reason(waiting(peers=(0b11, 0b01)), 0.0) == Reason("no-seed", {"percent": 75.0})
    assert waiting_reason(waiting(peers=(0b111,)), 0.0) is None


def test_of_peers_that_have_not_told_their_pieces_nothing_is_said() -> None:
    assert waiting_reason(waiting(peers=(0, 0), told=False), 0.0) is None


def test_peers_that_keep_us_waiting_are_busy_after_a_minute() -> None:
    assert waiting_reason(waiting(peers=(0xFF,), quiet_seconds=59.0), 0.0) is None
    assert waiting_reason(waiting(peers=(0xFF,), quiet_seconds=60.0), 0.0) == Reason("all-busy", {"seeds": 2})
    assert waiting_reason(waiting(peers=(0xFF,), quiet_seconds=60.0, chokes=False), 0.0) is None


def test_without_peers_the_trackers_say_why() -> None:
    trouble = Reason("tracker-refused", {"text": "not registered", "host": "t.example"})
    assert waiting_reason(waiting(trouble=trouble), 0.0) == trouble
    assert waiting_reason(waiting(answered=True), 0.0) == Reason("no-peers", {"next_in": 12.0})
    assert waiting_reason(waiting(next_in=None), 0.0) == Reason("no-peers")
    assert waiting_reason(waiting(), 0.0) == Reason("finding")


def test_without_peers_the_dht_is_waited_for_too() -> None:
    assert waiting_reason(waiting(next_in=None, dht_next_in=0.0), 0.0) == Reason("finding")
    found = waiting(next_in=None, dht_answered=True, dht_next_in=200.0)
    assert waiting_reason(found, 0.0) == Reason("no-peers", {"next_in": 200.0})
    both = waiting(answered=True, dht_answered=True, dht_next_in=5.0)
    assert waiting_reason(both, 0.0) == Reason("no-peers", {"next_in": 5.0})
