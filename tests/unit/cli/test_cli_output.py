"""JSON events are exactly those of the contract; people's lines are calm and harmless."""

from __future__ import annotations

import io
import json

import pytest
from tests.support.fake_client import row

from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentState
from shoal.cli.output import JsonOutput, LineOutput, LiveOutput, facts_text, make_output

ROW = row(
    "a" * 40,
    state=TorrentState.DOWNLOADING,
    wanted=1000,
    wanted_done=500,
    down_rate=1234.56,
    up_rate=7.0,
    downloaded=510,
    uploaded=3,
    wasted=10,
    peers=4,
    seeds=2,
    eta=100.0,
)


def test_json_events_have_the_keys_of_the_contract() -> None:
    stream = io.StringIO()
    output = JsonOutput(stream)
    output.listening(6881)
    output.metadata("naïve\nname", "ab" * 20, None, 1000)
    output.progress(row("a" * 40, state=TorrentState.CHECKING, check_progress=0.25), 0.0)
    output.progress(ROW, 0.1)
    output.warning(Reason("port-taken", {"wanted": 1, "port": 2}))
    output.error(Reason("magnet-needs-get", {"source": "x"}))
    output.complete(1.23456)
    output.close()
    lines = stream.getvalue().splitlines()
    events = [json.loads(line) for line in lines]
    assert [event["event"] for event in events] == [
        *("listening", "metadata", "checking", "progress", "warning", "error", "complete")
    ]
    assert events[0] == {"event": "listening", "port": 6881}
    assert events[1] == {
        "event": "metadata",
        "name": "naïve\nname",
        "info_hash_v1": "ab" * 20,
        "info_hash_v2": None,
        "size": 1000,
    }
    assert events[2]["progress"] == 0.25
    assert events[2]["state"] == "checking"
    assert events[3] == {
        "event": "progress",
        "progress": 0.5,
        "down_rate": 1235,
        "up_rate": 7,
        "downloaded": 510,
        "uploaded": 3,
        "wasted": 10,
        "peers": 4,
        "seeds": 2,
        "state": "downloading",
    }
    assert set(events[4]) == {"event", "code", "text"}
    assert events[5]["code"] == "magnet-needs-get"
    assert events[6] == {"event": "complete", "seconds": 1.235}


def test_lines_come_every_ten_seconds_and_when_the_state_changes() -> None:
    stream = io.StringIO()
    output = LineOutput(stream, io.StringIO())
    for now in (0.0, 0.5, 9.9, 10.0, 12.0):
        output.progress(ROW, now)
    output.progress(row("a" * 40, state=TorrentState.SEEDING, wanted_done=1_000_000), 12.5)
    output.progress(row("a" * 40, state=TorrentState.STOPPED), 99.0)
    assert stream.getvalue().splitlines() == [
        " 50.0 %  down 1.23 kB/s · up 7 B/s · 4 peers · under 2 minutes left",
        " 50.0 %  down 1.23 kB/s · up 7 B/s · 4 peers · under 2 minutes left",
        "  100 %  up 0 B/s · 0 B shared · 0 peers",
    ]


def test_a_strangers_name_cannot_move_the_cursor() -> None:
    stream = io.StringIO()
    LineOutput(stream, io.StringIO()).metadata("a\x1b[2J\u202eb\r\nc", "ab" * 20, None, 10)
    assert stream.getvalue() == f"a[2Jb  c · 10 B · {'ab' * 20}\n"


def test_errors_of_the_line_output_go_to_the_other_stream() -> None:
    stream, errors = io.StringIO(), io.StringIO()
    output = LineOutput(stream, errors)
    output.error(Reason("magnet-needs-get", {"source": "x"}))
    assert stream.getvalue() == ""
    assert errors.getvalue().startswith("shoal: x is a magnet link")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_terminal_gets_one_moving_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    stream = Terminal()
    output = LiveOutput(stream, io.StringIO())
    output.progress(ROW, 0.0)
    output.progress(row("a" * 40, wanted=1000, wanted_done=750, peers=1), 0.5)
    output.complete(3.0)
    output.close()
    shown = stream.getvalue()
    assert "50.0 %" in shown
    assert "75.0 %" in shown
    assert "Complete and verified after 3.0 s" in shown
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h") == 1


def test_output_fits_where_it_leads() -> None:
    assert isinstance(make_output(Terminal(), io.StringIO(), as_json=True), JsonOutput)
    assert isinstance(make_output(Terminal(), io.StringIO(), as_json=False), LiveOutput)
    assert isinstance(make_output(io.StringIO(), io.StringIO(), as_json=False), LineOutput)


def test_facts_follow_the_state() -> None:
    assert facts_text(row("a" * 40, state=TorrentState.CHECKING)) == "checking what is on disk"
    assert facts_text(row("a" * 40)) == "down 0 B/s · up 0 B/s · 0 peers · looking for peers"
    assert facts_text(row("a" * 40, peers=1)) == "down 0 B/s · up 0 B/s · 1 peer · time left unknown"
