"""The sentences of the assistant: on the line, on the port, and what all comes to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shoal.gui.style.line_speed import mbit_text
from shoal.gui.wizard.desk import Circumstances, OpenersNow
from shoal.gui.wizard.draft import Draft, with_line, with_measuring
from shoal.gui.wizard.line_words import read_mbit, result_text, result_title
from shoal.gui.wizard.port_words import PortState, is_address, port_state, port_words
from shoal.gui.wizard.school import COUNTS, STEPS, school
from shoal.gui.wizard.summary import BEHAVIOUR, CONNECTION, LINE, SAVING, summary

AROUND = Circumstances("/downloads", has_tray=True, openers=OpenersNow(are_ours=False, can_change=True))


@pytest.mark.parametrize(
    ("typed", "kbit"),
    [("100", 100_000), (" 1.5 ", 1_500), ("1,5", 1_500), ("", 0), ("fast", None), ("0", None), ("-1", None)],
)
def test_line_speeds_are_typed_in_mbit(typed: str, kbit: int | None) -> None:
    assert read_mbit(typed) == kbit


def test_an_impossible_speed_is_none() -> None:
    assert read_mbit("inf") is None
    assert read_mbit("nan") is None
    assert read_mbit("1e30") is None


@pytest.mark.parametrize("kbit", [0, 100, 1_000, 1_500, 16_250, 40_000, 1_000_000])
def test_what_stands_in_the_field_is_read_again(kbit: int) -> None:
    assert read_mbit(mbit_text(kbit)) == kbit


def test_the_result_is_told_with_its_figures() -> None:
    draft = with_line(Draft(), "dsl")
    assert result_title(draft, Draft()) == "Shoal will share at up to 4.0 MB/s"
    assert result_text(draft, Draft()) == "That is 80 % of your upload; the rest stays free for browsing and calls."


def test_other_results_are_told_too() -> None:
    assert result_text(with_measuring(Draft()), Draft()).startswith(
        "Nothing is known of your line yet, and no outside server is asked. Shoal begins at 1 Mbit/s up."
    )
    fast = result_text(with_measuring(Draft(seen_up=1_250_000, seen_down=6_250_000)), Draft())
    assert fast.startswith(
        "Your transfers have reached 50 Mbit/s down and 10 Mbit/s up so far; Shoal begins with that."
    )
    assert "Of your upload nothing is known" in result_text(with_measuring(Draft(seen_down=6_250_000)), Draft())
    assert "10 Mbit/s up so far" in result_text(with_measuring(Draft(seen_up=1_250_000)), Draft())
    metered = result_text(with_line(Draft(), "mobile"), Draft())
    assert metered.startswith("That is 25 % of your upload")
    assert "Quiet" in metered
    assert "1.0 GB" in metered
    unknown = Draft()
    assert result_title(unknown, unknown) == "Shoal will share as fast as your line allows"


@pytest.mark.parametrize(
    ("port", "listening", "has_incoming", "is_free", "state"),
    [
        (50_000, 50_000, True, None, PortState.OPEN),
        (50_000, 50_000, False, None, PortState.UNKNOWN),
        (50_000, 50_001, True, None, PortState.CHECKING),
        (50_000, 50_001, True, True, PortState.UNKNOWN),
        (50_000, 50_001, True, False, PortState.TAKEN),
    ],
)
def test_states_of_the_port(
    port: int, listening: int, has_incoming: bool, is_free: bool | None, state: PortState
) -> None:
    assert port_state(port, listening=listening, has_incoming=has_incoming, is_free=is_free) is state


def test_a_port_is_told_without_separators() -> None:
    for state in PortState:
        assert "50000" in port_words(state, 50_000)[1] or state is PortState.CHECKING


@pytest.mark.parametrize(("text", "is_one"), [("10.8.0.2", True), ("fe80::1", True), ("tun0", False), ("1.2.3", False)])
def test_local_addresses(text: str, is_one: bool) -> None:
    assert is_address(text) is is_one


def test_the_school_grows_and_every_fish_keeps_its_place() -> None:
    for step in range(STEPS):
        assert len(school(step)) == COUNTS[step]
        assert school(step) == school(STEPS - 1)[: COUNTS[step]]
    assert all(0 <= fish.across <= 1 and 0 <= fish.down <= 1 for fish in school(STEPS - 1))


def test_the_summary_says_what_was_chosen_and_where_it_is_changed() -> None:
    draft = replace(
        with_line(Draft(), "dsl"),
        listen_port=51_000,
        outgoing_host="10.8.0.2",
        finished_folder="/done",
        watch_folder="/watch",
        opens_torrents=True,
        start_at_login=True,
        close_to_tray=True,
        share_ratio=2.0,
        theme="dark",
    )
    lines = summary(draft, Draft(), AROUND)
    assert [line.text for line in lines] == [
        "DSL: shares at up to 4.0 MB/s, 80 % of your upload.",
        "Others connect on port 51000; connections leave from 10.8.0.2 alone.",
        "Downloads go to /downloads, finished ones to /done; /watch is watched.",
        "Torrent files open in Shoal.",
        "Starts with the computer, and goes on in the tray when its window is closed.",
        "A finished download is shared until its ratio is 2.0.",
        "The window is dark.",
    ]
    assert [line.step for line in lines] == [LINE, CONNECTION, SAVING, BEHAVIOUR, BEHAVIOUR, BEHAVIOUR, BEHAVIOUR]


def test_the_summary_of_a_plain_start() -> None:
    texts = [line.text for line in summary(Draft(), Draft(), replace(AROUND, has_tray=False))]
    assert texts == [
        "Shoal shares as fast as your line allows.",
        "Others connect on a port that was chosen by chance.",
        "Downloads go to /downloads.",
        "Torrent files open as before.",
        "Starts when you start it, and ends with its window.",
        "A finished download is shared until you stop it.",
        "The window is light or dark, as the system has it.",
    ]
