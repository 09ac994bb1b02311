"""The health of a swarm: the rules, the line of numbers, and that the unknown stays unknown."""

from __future__ import annotations

import pytest
from tests.support.fake_client import row

from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.gui.style.swarm_health import Health, copies_text, explanation, sort_value, swarm_health, told_health

ID = "a" * 40


def swarm(**values: object) -> TorrentRow:
    return row(ID, **values)


WORKING = (("t.example", "working"),)
FAILING = (("t.example", "failing"), ("u.example", "refused"))


@pytest.mark.parametrize(
    ("made", "level", "line"),
    [
        (
            swarm(peers=40, seeds=9, availability=5.2, swarm_seeds=9, swarm_leeches=31),
            Health.GOOD,
            "9 seeds \u00b7 31 peers",
        ),
        (swarm(peers=4, seeds=1, swarm_seeds=10, swarm_leeches=5, availability=1.5), Health.EXCELLENT, "10 seeds"),
        (swarm(peers=12, seeds=0, availability=10.0), Health.EXCELLENT, "0 seeds \u00b7 12 peers"),
        (swarm(peers=12, seeds=2, availability=9.99), Health.GOOD, "2 seeds \u00b7 10 peers"),
        (swarm(peers=2, availability=2.0), Health.GOOD, "0 seeds \u00b7 2 peers"),
        (
            swarm(peers=18, swarm_seeds=3, swarm_leeches=18, availability=1.4),
            Health.FAIR,
            "3 seeds \u00b7 18 peers",
        ),
        (swarm(peers=1, seeds=1, availability=1.0), Health.FAIR, "1 seed \u00b7 0 peers"),
        (swarm(peers=6, swarm_seeds=0, swarm_leeches=6, availability=0.97), Health.VERY_THIN, "0 seeds \u00b7 6 peers"),
        (
            swarm(state=TorrentState.QUEUED, swarm_seeds=52, swarm_leeches=12),
            Health.EXCELLENT,
            "52 seeds \u00b7 12 peers",
        ),
        (swarm(state=TorrentState.STOPPED, swarm_seeds=1), Health.FAIR, "1 seed \u00b7 peers unknown"),
        (swarm(trackers=WORKING, swarm_seeds=0, swarm_leeches=0), Health.VERY_THIN, "0 seeds \u00b7 0 peers"),
        (swarm(trackers=WORKING), Health.VERY_THIN, "0 seeds \u00b7 0 peers"),
        (swarm(trackers=WORKING, known_peers=3), Health.UNKNOWN, "unknown"),
        (swarm(trackers=WORKING, swarm_leeches=3), Health.UNKNOWN, "seeds unknown \u00b7 3 peers"),
        (swarm(trackers=FAILING), Health.NO_ANSWER, "unknown"),
        (
            swarm(trackers=FAILING, swarm_seeds=5, swarm_leeches=1),
            Health.NO_ANSWER,
            "5 seeds \u00b7 1 peer",
        ),
        (swarm(trackers=FAILING, peers=3, availability=2.5), Health.GOOD, "0 seeds \u00b7 3 peers"),
        (swarm(trackers=(*FAILING, ("v.example", "asking"))), Health.UNKNOWN, "unknown"),
        (swarm(tracker_host=""), Health.NO_ANSWER, "unknown"),
        (swarm(tracker_host="", state=TorrentState.STOPPED), Health.UNKNOWN, "unknown"),
        (swarm(), Health.UNKNOWN, "unknown"),
        (swarm(state=TorrentState.ERROR, reason=Reason("tracker-refused")), Health.NO_ANSWER, "unknown"),
        (swarm(trackers=FAILING, state=TorrentState.STOPPED), Health.UNKNOWN, "unknown"),
    ],
)
def test_the_rules_and_the_line(made: TorrentRow, level: Health, line: str) -> None:
    health = swarm_health(made)
    assert health.level is level
    assert health.line.startswith(line)


def ours(**values: object) -> TorrentRow:
    return swarm(**{"state": TorrentState.SEEDING, "wanted_done": 1_000_000, "trackers": WORKING, **values})


@pytest.mark.parametrize(
    ("made", "level", "line"),
    [
        (ours(swarm_seeds=0, swarm_leeches=0), Health.VERY_THIN, "0 seeds \u00b7 0 peers"),
        (ours(swarm_seeds=0, swarm_leeches=4, peers=4, availability=0.0), Health.FAIR, "0 seeds \u00b7 4 peers"),
        (ours(swarm_seeds=0, swarm_leeches=4, peers=4, availability=1.2), Health.GOOD, "0 seeds \u00b7 4 peers"),
        (ours(peers=2, seeds=1, availability=1.3), Health.GOOD, "1 seed \u00b7 1 peer"),
        (ours(swarm_seeds=8, swarm_leeches=0), Health.GOOD, "8 seeds"),
        (ours(swarm_seeds=9, swarm_leeches=0), Health.EXCELLENT, "9 seeds"),
        (ours(state=TorrentState.STOPPED, swarm_seeds=0, swarm_leeches=2), Health.FAIR, "0 seeds \u00b7 2 peers"),
        (ours(state=TorrentState.STOPPED), Health.UNKNOWN, "unknown"),
        (ours(trackers=FAILING), Health.NO_ANSWER, "unknown"),
        (ours(known_peers=3), Health.UNKNOWN, "unknown"),
        (ours(), Health.VERY_THIN, "0 seeds \u00b7 0 peers"),
    ],
)
def test_our_own_copy_counts_once_it_is_whole(made: TorrentRow, level: Health, line: str) -> None:
    health = swarm_health(made)
    assert health.level is level
    assert health.line.startswith(line)


def test_some_chosen_files_are_no_copy() -> None:
    chosen = ours(size=2_000_000, peers=4, availability=0.5)
    assert swarm_health(chosen).level is Health.VERY_THIN


def test_what_was_only_told() -> None:
    told = told_health(9, 31)
    assert (told.level, told.line) == (Health.GOOD, "9 seeds \u00b7 31 peers")
    assert told_health(0, 3).level is Health.VERY_THIN
    assert told_health(None, None).level is Health.UNKNOWN


def test_peers_that_have_not_told_their_pieces_lack_nothing_yet() -> None:
    silent = swarm(peers=1, swarm_is_seen=False, swarm_seeds=1, swarm_leeches=0)
    assert swarm_health(silent).level is Health.FAIR
    assert "hold" not in explanation(silent, swarm_health(silent))
    assert swarm_health(swarm(peers=1, swarm_is_seen=False)).level is Health.UNKNOWN


def test_the_explanation_keeps_told_and_met_apart() -> None:
    made = swarm(peers=40, seeds=9, availability=5.27, swarm_seeds=189, swarm_leeches=25)
    assert explanation(made, swarm_health(made)) == (
        "Swarm health: Excellent. Its trackers know of 189 seeds and 25 other peers. "
        "Connected: 9 seeds and 31 other peers. Together they hold 5.2 copies."
    )
    nothing = swarm()
    assert explanation(nothing, swarm_health(nothing)) == (
        "Swarm health: Unknown. No tracker has told how many there are. Nobody is connected right now."
    )


def test_better_sorts_first_and_unknown_has_no_place() -> None:
    good = sort_value(swarm(peers=2, seeds=2, availability=2.0))
    better = sort_value(swarm(peers=9, seeds=9, availability=9.0))
    silent = sort_value(swarm(trackers=FAILING))
    assert good is not None
    assert better is not None
    assert silent is not None
    assert better < good < silent
    assert sort_value(swarm()) is None


def test_copies_are_never_rounded_up() -> None:
    assert [copies_text(value) for value in (0.0, 0.99, 1.0, 5.27, 99.99, 1234.5)] == [
        "0.0",
        "0.9",
        "1.0",
        "5.2",
        "99.9",
        "1,234",
    ]
