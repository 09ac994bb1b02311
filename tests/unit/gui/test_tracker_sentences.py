"""Every state of a tracker has its words, and its answer is told whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shoal.api.details import TrackerRow
from shoal.gui.style.tracker_sentences import (
    ask_hint,
    asks_again,
    last_answer,
    looking_for_peers,
    spoken_tracker,
    tracker_state,
)

NOW = 1_800_000_000.0
FRESH = TrackerRow("udp://tracker.example:6969", 0, "waiting", None, None, 0, None, "")
ANSWERED = replace(FRESH, state="working", seeds=9, leeches=31, peers_received=40, next_announce_in=1260.0)
ANSWERED = replace(ANSWERED, last_answer_at=NOW - 60)


@pytest.mark.parametrize(
    ("row", "words", "token"),
    [
        (FRESH, "not asked yet", "ink2"),
        (replace(ANSWERED, state="waiting"), "waiting", "ink2"),
        (replace(FRESH, state="asking"), "being asked now", "ink2"),
        (ANSWERED, "answers", "ok"),
        (replace(FRESH, state="failing"), "does not answer", "warn"),
        (replace(FRESH, state="refused"), "turned you away", "err"),
        (replace(FRESH, state="off"), "off", "ink3"),
    ],
)
def test_states_in_words(row: TrackerRow, words: str, token: str) -> None:
    phrase = tracker_state(row)
    assert (phrase.text, phrase.token) == (words, token)


def test_when_it_asks_again() -> None:
    assert asks_again(ANSWERED) == "in 21 min"
    assert asks_again(replace(ANSWERED, next_announce_in=0.4)) == "now"
    assert asks_again(replace(ANSWERED, state="asking")) == "now"
    assert asks_again(replace(ANSWERED, state="off")) == "\u2013"
    assert asks_again(FRESH) == "\u2013"


def test_a_tracker_that_refused_for_good_is_said_to_be_left_alone() -> None:
    left_alone = replace(ANSWERED, state="refused", next_announce_in=86_400.0)
    assert asks_again(left_alone) == "stopped asking; once more in 24 h"
    assert "stopped asking" in tracker_state(left_alone).why
    assert asks_again(replace(left_alone, next_announce_in=3_600.0)) == "in 1 h"


def test_a_long_answer_is_told_whole_and_cannot_turn_the_sentence() -> None:
    said = "please read the rules " * 60
    answer = last_answer(replace(ANSWERED, message=f"\u202e{said}"), NOW)
    assert answer.endswith(f"\u2068{said.strip()}\u2069")
    assert "\u202e" not in answer


def test_an_answer_without_words_tells_its_peers() -> None:
    assert last_answer(ANSWERED, NOW).endswith(": It named 40 peers.")
    assert last_answer(FRESH, NOW) == "Nothing heard from it yet."
    assert last_answer(replace(FRESH, state="off"), NOW) == "\u2013"


def test_why_it_cannot_be_asked_now() -> None:
    assert ask_hint(replace(ANSWERED, may_ask_in=240.0)) == "The tracker wants to be left alone for another 4 min."
    assert ask_hint(replace(ANSWERED, may_ask_in=0.0)) == ""
    assert ask_hint(ANSWERED) == ""


def test_the_row_is_spoken() -> None:
    assert spoken_tracker(FRESH, NOW) == (
        "udp://tracker.example:6969, not asked yet, seeds \u2013, peers \u2013, asks again \u2013, "
        "last answer: Nothing heard from it yet."
    )


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (None, "No peers yet"),
        ((FRESH,), "No peers yet: about to ask 1 tracker"),
        ((replace(FRESH, state="asking"), ANSWERED), "No peers yet: asking 1 tracker"),
        (
            (ANSWERED, replace(FRESH, state="failing", next_announce_in=240.0)),
            "No peers yet: asked 2 trackers, next in 4 min",
        ),
        ((replace(FRESH, state="refused"),), "No peers yet: asked 1 tracker, and it is not asked again by itself"),
        ((), "No peers yet: it names no tracker; others can find you, or you add a peer by its address"),
    ],
)
def test_the_search_for_peers_in_a_sentence(rows: tuple[TrackerRow, ...] | None, sentence: str) -> None:
    assert looking_for_peers(rows, is_running=True) == sentence


def test_a_stopped_transfer_looks_for_nobody() -> None:
    assert looking_for_peers((FRESH,), is_running=False) == "No peers: the transfer is not running"
