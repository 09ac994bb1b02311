"""The verdict says what was looked at, and of what is not known that it is not known."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.support.fake_client import row

from shoal.api.details import TorrentEvent
from shoal.api.errors import Reason
from shoal.api.snapshots import RouterRow, RouterState, SessionTotals, TorrentRow, TorrentState
from shoal.gui.style.catalogue import all_messages, explain, explain_row
from shoal.gui.style.diagnosis import Severity, diagnose, needs_user
from shoal.gui.style.event_sentences import event_sentence
from shoal.gui.style.explanation import REMEDY_NAMES, Remedy
from shoal.gui.style.explanations import user_error_text
from shoal.gui.style.line_speed import LineSpeed, line_speed, line_speed_text
from shoal.gui.style.sentences import Action, Tone, state_sentence, time_left_sentence
from shoal.gui.style.verdict import Mark, Verdict, verdict_of
from shoal.settings.interface_settings import InterfaceSettings

ID = "a" * 40
QUIET = SessionTotals(listen_port=51413)


def transfer(**values: object) -> TorrentRow:
    return row(ID, **values)


def mark(verdict: Verdict, name: str) -> Mark:
    return next(check.mark for check in verdict.checks if check.name == name)


def test_the_weightiest_finding_comes_first() -> None:
    found = diagnose(transfer(peers=4, sending_peers=2, down_limit=100_000, down_rate=99_000.0))
    assert [finding.code for finding in found] == ["down-limited", "downloading"]
    assert [finding.severity for finding in found] == [Severity.NOTE, Severity.WELL]


def test_what_a_stopped_transfer_met_before_is_not_its_trouble_now() -> None:
    stopped = transfer(state=TorrentState.STOPPED, reason=Reason("disk-full"))
    assert [finding.code for finding in diagnose(stopped)] == ["stopped"]
    assert not needs_user(stopped)


@pytest.mark.parametrize("state", TorrentState)
def test_every_state_has_a_finding_a_sentence_and_a_verdict(state: TorrentState) -> None:
    entry = transfer(state=state)
    assert diagnose(entry)
    verdict = verdict_of(entry, QUIET)
    assert state_sentence(entry).text
    assert verdict.headline
    assert verdict.text
    assert verdict.doing
    assert verdict.checks


def test_running_well_needs_nothing() -> None:
    verdict = verdict_of(transfer(peers=40, sending_peers=9, seeds=3, availability=5.2), QUIET)
    assert verdict.headline == "Running well"
    assert verdict.text == "Data comes from 9 of 40 peers."
    assert verdict.more == (
        "It is as fast as those 9 peers send, or as your line goes: the speed of that is not known. 31 more are here "
        "and send nothing now."
    )
    assert (verdict.tone, verdict.remedies) == (Tone.GOOD, ())


def test_what_runs_well_says_what_it_is_as_fast_as() -> None:
    limited = SessionTotals(down_rate=990_000.0, down_limit=1_000_000, up_rate=495_000.0, up_limit=500_000)
    by_limit = "It is as fast as your limit of {} for all transfers together allows."
    flowing = transfer(peers=2, sending_peers=2)
    assert verdict_of(flowing, limited).more.endswith(by_limit.format("1.0 MB/s"))
    assert verdict_of(flowing, QUIET).more.endswith("Few others take part, so it may stay like this.")
    assert verdict_of(transfer(peers=1, sending_peers=1), QUIET).more.startswith(
        "It is as fast as that peer sends, or as your line goes"
    )
    sharing = transfer(state=TorrentState.SEEDING, wanted_done=1_000_000, peers=3, receiving_peers=3)
    assert verdict_of(sharing, limited).more.endswith(by_limit.format("500 kB/s"))
    assert "as fast as those 3 peers take it, or as your line goes" in verdict_of(sharing, QUIET).more


def test_what_is_loaded_in_order_is_not_said_to_be_loaded_rarest_first() -> None:
    verdict = verdict_of(transfer(peers=40, sending_peers=9, sequential=True), QUIET)
    assert verdict.doing == ("Asks for its pieces in order.",)


def test_what_nobody_knows_is_said_to_be_unknown() -> None:
    verdict = verdict_of(transfer(), QUIET)
    unknown = {check.name for check in verdict.checks if check.mark is Mark.UNKNOWN}
    assert unknown == {"Your line", "Copies in the swarm", "Reachable", "Disk"}


def test_evidence_is_marked() -> None:
    entry = transfer(
        peers=6,
        availability=0.97,
        reason=Reason("no-seed", {"percent": 2.2}),
        trackers=(("a", "working"), ("b", "failing")),
        next_announce_in=250.0,
    )
    totals = SessionTotals(listen_port=51413, has_incoming=True, free_bytes={"/downloads": 10})
    verdict = verdict_of(entry, totals)
    assert verdict.headline == "Nobody has the rest"
    assert "the last 3 %" in verdict.text
    assert mark(verdict, "Copies in the swarm") is Mark.WARN
    assert mark(verdict, "Who sends to you") is Mark.WARN
    assert mark(verdict, "Trackers") is Mark.TICK
    assert mark(verdict, "Reachable") is Mark.TICK
    assert mark(verdict, "Disk") is Mark.WARN
    assert verdict.remedies[0] is Remedy.TELL_ME


@pytest.mark.parametrize(
    ("router", "words", "expected"),
    [
        (RouterRow(RouterState.OPEN, 50_000), "the router opened port 50000, nobody has connected yet", Mark.UNKNOWN),
        (RouterRow(RouterState.OPEN, 1, is_behind_another=True), "the router opened the port, but stands", Mark.WARN),
        (RouterRow(RouterState.SILENT), "not known: the router does not answer", Mark.WARN),
        (RouterRow(RouterState.REFUSED), "not known: the router refused to open the port", Mark.WARN),
        (RouterRow(RouterState.NONE), "not known until someone connects to you", Mark.UNKNOWN),
    ],
)
def test_what_the_router_says_is_evidence_until_somebody_connects(
    router: RouterRow, words: str, expected: Mark
) -> None:
    checks = verdict_of(transfer(), SessionTotals(listen_port=51413, router=router)).checks
    found = next(check for check in checks if check.name == "Reachable")
    assert found.words.startswith(words)
    assert found.mark is expected
    seen = SessionTotals(listen_port=51413, router=router, has_incoming=True)
    assert mark(verdict_of(transfer(), seen), "Reachable") is Mark.TICK


def test_a_disk_that_was_met_full_has_no_room_whatever_was_measured_before() -> None:
    full = transfer(folder="/downloads", state=TorrentState.ERROR, reason=Reason("disk-full", {"missing": 7}))
    before = SessionTotals(free_bytes={"/downloads": 127_000_000})
    assert mark(verdict_of(full, before), "Disk") is Mark.CROSS


def test_a_limit_that_is_reached_can_be_lifted() -> None:
    entry = transfer(peers=1, sending_peers=1, down_limit=500_000, down_rate=498_000.0)
    verdict = verdict_of(entry, QUIET)
    assert mark(verdict, "Limits") is Mark.WARN
    assert verdict.remedies == (Remedy.LIFT_LIMIT,)
    assert "500 kB/s" in verdict.text


def test_busy_seeds_are_a_reason_with_a_pill() -> None:
    sentence = state_sentence(transfer(peers=5, reason=Reason("all-busy", {"seeds": 3})))
    assert (sentence.text, sentence.tone, sentence.action) == (
        "Slow: its 3 seeds are busy with others",
        Tone.WARN,
        Action.WHY,
    )


@pytest.mark.parametrize(
    ("params", "title"),
    [
        ({"cause": "timeout", "host": "t.example"}, "Operation timed out"),
        ({"cause": "reset", "host": "t.example"}, "Connection reset by peer"),
        ({"cause": "tls", "host": "t.example"}, "Problem connecting to tracker"),
        ({"host": "t.example"}, "Problem connecting to tracker"),
    ],
)
def test_the_classic_titles_are_kept(params: dict[str, str | int | float], title: str) -> None:
    entry = explain(Reason("tracker-failed", params))
    assert entry.title == title
    assert "t.example" in entry.text
    assert Remedy.TRY_NOW in entry.remedies


def test_a_tracker_without_the_torrent_is_not_a_club() -> None:
    entry = explain(Reason("tracker-refused", {"text": "Unregistered torrent", "host": "t.example"}))
    assert entry.title == "Torrent not known to tracker"
    refused = explain(Reason("tracker-refused", {"text": "ratio too low", "host": "t.example"}))
    assert refused.title == "Not authorized on tracker"


def test_only_a_private_torrent_or_its_trackers_words_make_members() -> None:
    reason = Reason("tracker-refused", {"text": "Not on the whitelist.", "host": "t.example"})
    public = explain_row(row("a" * 40, reason=reason))
    private = explain_row(row("a" * 40, private=True, reason=reason))
    assert public is not None
    assert private is not None
    assert "members" not in public.text
    assert "t.example refuses to serve this torrent, and said \u201cNot on the whitelist\u201d" in public.text
    assert Remedy.OPEN_WEBSITE not in public.remedies
    assert "members only" in private.text
    assert private.remedies.index(Remedy.OPEN_WEBSITE) > 0


@pytest.mark.parametrize(
    "said", ["Log in first.", "r\u00e9f\u00e9r\u00e9.", "Banned!", "no. ", "", "unregistered torrent..."]
)
@pytest.mark.parametrize("is_private", [True, False])
def test_a_strangers_words_leave_no_doubled_stop(said: str, is_private: bool) -> None:
    reason = Reason("tracker-refused", {"text": said, "host": "t.example"})
    entry = explain_row(row("a" * 40, private=is_private, reason=reason))
    assert entry is not None
    told = event_sentence(TorrentEvent(0.0, "tracker-refused", reason.params))
    for text in (entry.text, told, user_error_text(Reason("unexpected", {"detail": said}))):
        assert not re.search(r"[.,;:!?]\u201d?[.,;:]", text.replace("\u2069", "")), text


def test_every_message_says_what_shoal_is_doing_and_every_button_has_a_name() -> None:
    messages = all_messages()
    titles = {entry.title for entry in messages}
    classic = {
        "Connection reset by peer",
        "Operation timed out",
        "Problem connecting to tracker",
        "Not authorized on tracker",
        "Failed hash check",
        "Bad file info",
    }
    assert classic <= titles
    assert all(entry.text and entry.doing for entry in messages)
    assert set(REMEDY_NAMES) == set(Remedy)


LINE = LineSpeed(250_000, 50_000, is_told=True)


def words_of(verdict: Verdict, name: str) -> str:
    return next(check.words for check in verdict.checks if check.name == name)


def test_the_line_that_was_told_is_reckoned_with() -> None:
    totals = SessionTotals(down_rate=1_200_000.0, up_rate=20_000.0, up_limit=5_000_000)
    flowing = transfer(peers=2, sending_peers=2)
    verdict = verdict_of(flowing, totals, LINE)
    assert words_of(verdict, "Your line") == "250 Mbit/s down and 50 Mbit/s up; 1.2 MB/s down and 20 kB/s up in use"
    assert mark(verdict, "Your line") is Mark.TICK
    assert words_of(verdict, "Limits") == "none for downloads; uploads at most 5.0 MB/s"
    assert verdict.more.startswith("It is as fast as those 2 peers send; your line has room for more.")
    full = verdict_of(flowing, replace(totals, down_rate=30_000_000.0), LINE)
    assert mark(full, "Your line") is Mark.WARN
    assert full.more == "It is as fast as your line goes: all transfers together fill it."


def test_of_a_line_that_was_only_seen_as_much_is_said() -> None:
    seen = line_speed(InterfaceSettings(seen_down=12_500_000))
    words = words_of(verdict_of(transfer(), QUIET, seen), "Your line")
    assert words == "at least 100 Mbit/s down, as transfers have shown; 0 B/s down and 0 B/s up in use"
    told = line_speed(InterfaceSettings(seen_down=12_500_000, line_up=50_000))
    assert line_speed_text(told) == "50 Mbit/s up, its download is not known"


def test_limits_of_both_directions_are_said_and_the_other_one_holds_nothing_up() -> None:
    totals = SessionTotals(up_rate=500_000.0, up_limit=500_000, down_limit=900_000)
    download = verdict_of(transfer(peers=1, sending_peers=1), totals)
    assert words_of(download, "Limits") == "900 kB/s is set, not reached; uploads at most 500 kB/s"
    assert mark(download, "Limits") is Mark.TICK
    sharing = verdict_of(transfer(state=TorrentState.SEEDING, wanted_done=1_000_000), totals)
    assert words_of(sharing, "Limits") == "500 kB/s is set, and reached; downloads at most 900 kB/s"
    assert mark(sharing, "Limits") is Mark.WARN


def test_what_is_being_removed_says_so_in_any_state() -> None:
    for state in TorrentState:
        going = transfer(state=state, reason=Reason("removing"))
        assert state_sentence(going).text == "Being removed: its files are being deleted"
        assert time_left_sentence(going, None) == "being removed"
        assert verdict_of(going, QUIET).headline == "Being removed"
