"""The event log of a torrent."""

from __future__ import annotations

import pytest

from shoal.api.details import TorrentEvent
from shoal.engine.torrent.events import LONGEST_TEXT, MOST_EVENTS, MOST_OF_A_CODE, EventLog, finished_files, made_event
from shoal.metainfo.bitfield import all_pieces
from shoal.metainfo.file_layout import FileLayout, TorrentFile


def layout(*sizes: int, pads: tuple[int, ...] = ()) -> FileLayout:
    files, offset = [], 0
    for index, size in enumerate(sizes):
        files.append(TorrentFile(("folder", f"{index}"), size, offset, is_pad=index in pads))
        offset += size
    return FileLayout(tuple(files), 100)


def test_oldest_event_goes_first() -> None:
    log = EventLog()
    for number in range(MOST_EVENTS + 50):
        log.add(TorrentEvent(float(number), f"code-{number % 5}"))
    assert [event.at for event in log.events] == [float(number) for number in range(50, MOST_EVENTS + 50)]


def test_a_flood_of_one_kind_leaves_the_others() -> None:
    log = EventLog([TorrentEvent(0.0, "added"), TorrentEvent(1.0, "tracker-refused")])
    for number in range(100_000):
        log.add(TorrentEvent(2.0 + number, "file-finished"))
    assert [event.code for event in log.events[:2]] == ["added", "tracker-refused"]
    assert len(log.events) == 2 + MOST_OF_A_CODE
    assert log.events[-1].at == 100_001.0


def test_saved_and_read_again() -> None:
    log = EventLog()
    log.add(made_event(1.5, "tracker-failed", {"host": "t\udce9", "text": "x" * 10_000, "n": 3, "share": 0.5}))
    again = EventLog.from_bytes(log.to_bytes())
    assert again.events == log.events
    assert len(str(again.events[0].params["text"])) == LONGEST_TEXT
    assert (log.is_dirty, again.is_dirty) == (True, False)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[1]", b'[[1, "a"]]', b'[["x", "a", {}]]', b'[[1, "a", {"k": []}]]', b"\xff"]
)
def test_damaged_events_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json's own errors are among them
        EventLog.from_bytes(data)


def test_speed_graph_gets_only_what_is_worth_a_tick() -> None:
    log = EventLog([TorrentEvent(1.0, "started"), TorrentEvent(5.0, "added"), TorrentEvent(6.0, "finished")])
    assert [event.code for event in log.within(2.0)] == ["finished"]


def test_files_that_a_piece_completed() -> None:
    files = layout(150, 20, 20, 210)
    assert finished_files(files, (4, 4, 4, 4), 0b0001, 0) == []
    assert finished_files(files, (4, 4, 4, 4), 0b0011, 1) == [0, 1, 2]
    assert finished_files(files, (4, 0, 4, 4), 0b0010, 1) == [2], "skipped, and not whole"
    assert finished_files(files, (4, 4, 4, 4), 0b1110, 3) == [3]
    assert finished_files(layout(150, 50, pads=(1,)), (4, 4), 0b11, 1) == [0]
    assert finished_files(layout(300), (4,), all_pieces(3), 2) == [], "one file alone is told as `finished`"
