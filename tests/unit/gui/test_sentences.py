"""Every state of a transfer has its sentence, tone and remedy."""

from __future__ import annotations

import pytest
from tests.support.fake_client import row

from shoal.api.errors import Reason
from shoal.api.snapshots import Alert, TorrentRow, TorrentState
from shoal.gui.style.catalogue import explain, explain_row
from shoal.gui.style.diagnosis import needs_user
from shoal.gui.style.explanation import Remedy
from shoal.gui.style.explanations import notice_text, settings_note_text, user_error_text
from shoal.gui.style.row_view import view_of
from shoal.gui.style.sentences import Action, Tone, state_sentence, time_left_sentence
from shoal.settings.store import StoreNote

ID = "a" * 40


def transfer(**values: object) -> TorrentRow:
    return row(ID, **values)


CASES = [
    (transfer(), "Asking the tracker for peers", Tone.DOWN, None),
    (transfer(tracker_host=""), "Looking for peers without a tracker", Tone.DOWN, None),
    (transfer(reason=Reason("finding")), "Asking the tracker for peers", Tone.DOWN, None),
    (transfer(peers=40, sending_peers=9), "Downloading from 9 of 40 peers", Tone.DOWN, None),
    (transfer(peers=1, sending_peers=1), "Downloading from 1 of 1 peer", Tone.DOWN, None),
    (
        transfer(peers=4, sending_peers=2, sequential=True, down_limit=500_000),
        "Downloading from 2 of 4 peers · in order · limited to 500 kB/s",
        Tone.DOWN,
        None,
    ),
    (transfer(peers=3), "Connected to 3 peers, waiting for a turn", Tone.DOWN, None),
    (
        transfer(peers=3, reason=Reason("no-seed", {"percent": 2.3})),
        "Waiting for a seed: nobody has the last 3 %",
        Tone.WARN,
        Action.WHY,
    ),
    (
        transfer(reason=Reason("no-peers", {"next_in": 200.0})),
        "Nobody here; looking again in 4 min",
        Tone.WARN,
        Action.WHY,
    ),
    (
        transfer(peers=5, reason=Reason("tracker-failed", {"text": "x", "host": "t"})),
        "Its tracker does not answer; 5 peers found without it",
        Tone.WARN,
        Action.WHY,
    ),
    (
        transfer(private=True, reason=Reason("tracker-refused", {"text": "x", "host": "t"})),
        "Members-only tracker turned you away",
        Tone.ERROR,
        Action.FIX,
    ),
    (
        transfer(reason=Reason("tracker-refused", {"text": "Requested download is not authorized", "host": "t"})),
        "Its tracker refuses to serve this torrent",
        Tone.ERROR,
        Action.FIX,
    ),
    (
        transfer(private=True, reason=Reason("tracker-refused", {"text": "Unregistered torrent", "host": "t"})),
        "Its tracker does not know this torrent",
        Tone.ERROR,
        Action.FIX,
    ),
    (
        transfer(state=TorrentState.ERROR, reason=Reason("disk-full", {"missing": 133_000_000, "path": "/d"})),
        "Disk full: 133 MB short",
        Tone.ERROR,
        Action.FIX,
    ),
    (
        transfer(state=TorrentState.ERROR, reason=Reason("folder-gone", {"path": "/d"})),
        "Its files or disk are gone",
        Tone.ERROR,
        Action.FIX,
    ),
    (
        transfer(peers=4, sending_peers=2, failed_move=Reason("move-failed", {"folder": "/usb", "code": "disk-full"})),
        "Files not moved: the disk is full",
        Tone.WARN,
        Action.FIX,
    ),
    (
        transfer(state=TorrentState.STOPPED, failed_move=Reason("move-failed", {"folder": "/usb", "code": "x"})),
        "Its files could not be moved",
        Tone.WARN,
        Action.FIX,
    ),
    (
        transfer(state=TorrentState.MOVING, failed_move=Reason("move-failed", {"folder": "/usb", "code": "x"})),
        "Moving its files",
        Tone.BUSY,
        None,
    ),
    (
        transfer(state=TorrentState.ERROR, reason=Reason("files-changed")),
        "Files were moved or changed",
        Tone.ERROR,
        Action.FIX,
    ),
    (
        transfer(state=TorrentState.ERROR, reason=Reason("unexpected", {"text": "KeyError"})),
        "Something went wrong inside Shoal",
        Tone.ERROR,
        Action.FIX,
    ),
    (
        transfer(tracker_host="", reason=Reason("no-peers")),
        "It names no tracker; peers cannot be found for it yet",
        Tone.WARN,
        Action.WHY,
    ),
    (
        transfer(reason=Reason("no-peers")),
        "Nobody here; looking again soon",
        Tone.WARN,
        Action.WHY,
    ),
    (
        transfer(state=TorrentState.ERROR, reason=Reason("new\u202e-code")),
        "Stopped by a problem: new-code",
        Tone.ERROR,
        Action.FIX,
    ),
    (
        transfer(state=TorrentState.QUEUED, reason=Reason("queued", {"place": 3, "after": "Debian"})),
        "Queued: third in line, starts after Debian",
        Tone.QUIET,
        None,
    ),
    (transfer(state=TorrentState.CHECKING), "Checking files already on disk", Tone.BUSY, None),
    (transfer(state=TorrentState.ALLOCATING), "Making room on disk", Tone.BUSY, None),
    (transfer(state=TorrentState.SEEDING, receiving_peers=4), "Sharing with 4 peers", Tone.GOOD, None),
    (transfer(state=TorrentState.SEEDING), "Complete, nobody is asking right now", Tone.GOOD, None),
    (transfer(state=TorrentState.STOPPED), "Stopped by you", Tone.QUIET, None),
    (transfer(state=TorrentState.STOPPED, reason=Reason("folder-gone")), "Stopped by you", Tone.QUIET, None),
]


@pytest.mark.parametrize(("given", "text", "tone", "action"), CASES, ids=[case[1] for case in CASES])
def test_state_reads_as_a_sentence(given: TorrentRow, text: str, tone: Tone, action: Action | None) -> None:
    sentence = state_sentence(given)
    assert (sentence.text, sentence.tone, sentence.action) == (text, tone, action)


@pytest.mark.parametrize("state", list(TorrentState))
def test_every_state_has_words(state: TorrentState) -> None:
    assert state_sentence(transfer(state=state)).text
    assert time_left_sentence(transfer(state=state), None)


def test_a_flowing_download_without_its_tracker_keeps_the_arrow() -> None:
    reason = Reason("tracker-failed", {"text": "", "host": "t"})
    assert state_sentence(transfer(reason=reason, down_rate=5e5, peers=2)).icon == "down"
    assert state_sentence(transfer(reason=reason, peers=2)).icon == "triangle"


@pytest.mark.parametrize(
    ("given", "seconds", "text"),
    [
        (transfer(), 725.0, "about 12 minutes"),
        (transfer(), None, "needs peers"),
        (transfer(peers=2), None, "not known yet"),
        (transfer(reason=Reason("no-seed", {"percent": 3.0})), None, "needs a seed"),
        (transfer(state=TorrentState.ERROR, reason=Reason("folder-gone")), None, "needs you"),
        (transfer(state=TorrentState.QUEUED), None, "in line"),
        (transfer(state=TorrentState.CHECKING), 55.0, "checking, 55 s"),
        (transfer(state=TorrentState.SEEDING), None, "done"),
        (transfer(state=TorrentState.STOPPED), None, "stopped"),
    ],
)
def test_time_left_names_the_reason_when_nothing_flows(given: TorrentRow, seconds: float | None, text: str) -> None:
    assert time_left_sentence(given, seconds) == text


def test_what_only_the_user_can_end_needs_the_user() -> None:
    assert needs_user(transfer(reason=Reason("tracker-refused")))
    assert not needs_user(transfer(reason=Reason("no-peers")))
    assert not needs_user(transfer(state=TorrentState.STOPPED, reason=Reason("disk-full")))


def test_a_row_speaks_all_its_cells() -> None:
    given = transfer(name="Sintel", wanted=10_000_000, wanted_done=5_000_000, down_rate=2e6, peers=2, sending_peers=1)
    spoken = view_of(given, 60.0).spoken
    assert spoken == (
        "Sintel, Downloading from 1 of 2 peers, 50.0 % of 10.0 MB, download 2.0 MB/s, upload 0 B/s, "
        "time left: under 2 minutes"
    )


@pytest.mark.parametrize(
    ("given", "token"),
    [
        (transfer(), "have"),
        (transfer(wanted_done=1_000_000, state=TorrentState.SEEDING), "seed"),
        (transfer(reason=Reason("no-seed", {"percent": 3.0})), "amber"),
        (transfer(state=TorrentState.CHECKING), "ctl"),
    ],
)
def test_the_bar_takes_the_colour_of_the_state(given: TorrentRow, token: str) -> None:
    assert view_of(given, None).bar_token == token


def test_checking_shows_how_far_the_check_is() -> None:
    view = view_of(transfer(state=TorrentState.CHECKING, check_progress=0.43), None)
    assert (view.percent, view.share) == ("43.0 %", 0.43)


def test_making_room_shows_how_far_it_is() -> None:
    given = transfer(state=TorrentState.ALLOCATING, check_progress=0.25, wanted_done=1_000_000)
    view = view_of(given, None)
    assert (view.percent, view.share, view.bar_token) == ("25.0 %", 0.25, "ctl")
    assert time_left_sentence(given, 30.0) == "making room, 30 s"
    assert time_left_sentence(given, None) == "making room"


REASONS = (
    "disk-full folder-gone permission read-only io-error files-changed tracker-failed tracker-refused no-peers "
    "no-seed name-too-long not-a-file is-symlink outside-folder many-bad-pieces unheard-of"
)


@pytest.mark.parametrize("code", REASONS.split())
def test_every_problem_is_explained_and_has_a_button(code: str) -> None:
    entry = explain(Reason(code, {"text": "<b>raw\u202e</b>", "host": "t.example", "path": "/data"}))
    assert entry.title
    assert entry.text
    assert entry.doing
    assert entry.remedies
    assert entry.details == "<b>raw</b>"


def test_gone_files_are_said_so_that_it_is_true_of_a_drive_too() -> None:
    gone = transfer(name="Sintel", state=TorrentState.ERROR, reason=Reason("folder-gone", {"path": "/d"}))
    entry = explain_row(gone)
    assert entry is not None
    assert entry.text == "The files of Sintel are gone from /d, or their drive is unplugged."
    assert {Remedy.TRY_AGAIN, Remedy.FIND_FILES, Remedy.DOWNLOAD_AGAIN} == set(entry.remedies)
    assert {Remedy.RECHECK, Remedy.FIND_FILES} <= set(explain(Reason("files-changed")).remedies)
    assert "The files of this transfer" in user_error_text(Reason("folder-gone", {"path": "/d"}))


def test_without_a_tracker_there_is_none_to_ask() -> None:
    entry = explain_row(transfer(tracker_host="", reason=Reason("no-peers")))
    assert entry is not None
    assert entry.text == "It names no tracker; peers cannot be found for it yet."
    assert entry.remedies == (Remedy.ADD_TRACKER,)


@pytest.mark.parametrize(
    ("known", "text"),
    [
        (0, "No peer is known from any source."),
        (1, "1 peer is known, and does not answer at the moment."),
        (7, "7 peers are known, and none of them answers at the moment."),
    ],
)
def test_peers_that_are_known_are_not_said_to_be_unknown(known: int, text: str) -> None:
    entry = explain_row(transfer(known_peers=known, reason=Reason("no-peers", {"next_in": 30.0})))
    assert entry is not None
    assert entry.text == text


def test_an_error_of_ours_can_be_started_again() -> None:
    entry = explain(Reason("unexpected", {"text": "KeyError"}))
    assert entry.text.startswith("Something went wrong inside Shoal (KeyError); start it again")
    assert entry.remedies == (Remedy.START,)


def test_files_that_vanish_are_told() -> None:
    text = notice_text(Alert("files-vanished", "a" * 40, {"path": "/d"}, "warning"), "Sintel")
    assert text == "Sintel: files were taken away from /d during the download; their parts are fetched again."


def test_a_refusing_tracker_is_quoted() -> None:
    entry = explain(Reason("tracker-refused", {"text": "ratio too low", "host": "t.example"}))
    assert "\u201cratio too low\u201d" in entry.text
    assert Remedy.TRY_NOW in entry.remedies


def test_unknown_refusals_are_worded_too() -> None:
    assert "whatever" in user_error_text(Reason("whatever"))
    assert user_error_text(Reason("already-here")).startswith("You already have")


def test_the_window_says_what_no_row_can() -> None:
    taken = notice_text(Alert("port-taken", None, {"wanted": 6881, "port": 6882}, "warning"))
    assert taken == "Another program uses port 6881. Shoal listens on port 6882 for now."
    assert "old.sqlite" in str(notice_text(Alert("resume-damaged", None, {"kept_as": "old.sqlite"}, "warning")))
    assert "strange" in str(notice_text(Alert("strange", None, {}, "error")))
    assert notice_text(Alert("disk-full", "a" * 40, {}, "error")) is None
    assert notice_text(Alert("strange", None, {}, "info")) is None


def test_state_that_is_not_saved_says_where_and_why() -> None:
    text = notice_text(Alert("state-not-saved", None, {"path": "/s/torrents.sqlite", "detail": "disk-full"}, "error"))
    assert text is not None
    assert text.startswith("Progress cannot be saved in /s/torrents.sqlite (the disk is full).")


def test_damaged_parts_interrupt_only_when_there_are_many() -> None:
    assert notice_text(Alert("bad-piece", "a" * 40, {"piece": 3}, "warning")) is None
    assert notice_text(Alert("bad-piece", None, {}, "error")) is None
    many = notice_text(Alert("many-bad-pieces", "a" * 40, {}, "warning"), "Debian")
    assert str(many).startswith("Debian: many parts arrive damaged.")


RESUME = "resume-damaged resume-newer resume-entry-restored resume-entry-damaged settings-not-saved"


@pytest.mark.parametrize("code", RESUME.split())
def test_what_was_wrong_at_the_start_has_its_own_sentence(code: str) -> None:
    text = str(notice_text(Alert(code, None, {}, "warning")))
    assert text.endswith(".")
    assert code not in text


def test_refusals_name_places_and_causes() -> None:
    used = user_error_text(Reason("profile-in-use", {"path": "/p"}))
    assert used.startswith("Another Shoal is running with this profile.")
    assert "/p" in used
    assert "(not known)" in user_error_text(Reason("cannot-listen"))
    refused = user_error_text(Reason("state-refused", {"path": "/p/t.sqlite", "detail": "read only"}))
    assert "(the disk can only be read)" in refused
    assert "(the seeds did not start)" in user_error_text(Reason("unexpected", {"detail": "the seeds did not start"}))
    # A stranger's braces are text and no places.
    assert "{0}" in user_error_text(Reason("source-fetch", {"detail": "{0}"}))


@pytest.mark.parametrize(
    "code", ["damaged", "older-used", "rescued", "newer-schema", "unreadable", "bad-value", "new-code"]
)
def test_notes_of_settings_files_are_told(code: str) -> None:
    text = settings_note_text(StoreNote(code, "It is so.", "/p/engine.json"))
    assert ("It is so." if code == "new-code" else "/p/engine.json") in text


def test_a_bad_value_is_told_by_the_name_that_its_setting_has_in_the_configuration() -> None:
    told = settings_note_text(StoreNote("bad-value", "It is so.", "down_limit"))
    assert told == "The setting \u201cDownload limit\u201d had a value that cannot be; its default is used."
    told = settings_note_text(StoreNote("closed", "It is so.", "outgoing_host"))
    assert "\u201cLocal address for outgoing connections\u201d could not be read; nothing is sent" in told
    assert "column_state" in settings_note_text(StoreNote("bad-value", "It is so.", "column_state"))


def test_a_move_that_failed_hides_neither_the_time_left_nor_what_it_does() -> None:
    failed = Reason("move-failed", {"folder": "/usb", "code": "disk-full", "path": "/usb"})
    flowing = transfer(peers=4, sending_peers=2, down_rate=9_000.0, failed_move=failed)
    assert needs_user(flowing)
    assert time_left_sentence(flowing, 30.0) == "under a minute"
    assert view_of(flowing, 30.0).bar_token == "have"
    entry = explain_row(flowing)
    assert entry is not None
    assert entry.text == "The files of A transfer could not be moved to /usb: the disk is full."
    assert entry.remedies == (Remedy.MOVE_AGAIN, Remedy.CHOOSE_FOLDER, Remedy.LEAVE_FILES)
    broken = transfer(failed_move=Reason("move-failed", {"folder": "/usb", "code": "interrupted", "path": ""}))
    told = explain_row(broken)
    assert told is not None
    assert told.text.endswith("/usb: it was broken off on the way.")


def test_what_nobody_has_is_never_the_last_hundred_percent() -> None:
    lacking = Reason("no-seed", {"percent": 100.0})
    nothing = transfer(peers=4, reason=lacking)
    assert state_sentence(nothing).text == "Waiting for a seed: nobody here has any of it"
    entry = explain_row(nothing)
    assert entry is not None
    assert "lack all of it" in entry.text
    begun = transfer(peers=4, wanted_done=5_000, reason=Reason("no-seed", {"percent": 99.4}))
    assert state_sentence(begun).text == "Waiting for a seed: nobody has the last 99 %"
