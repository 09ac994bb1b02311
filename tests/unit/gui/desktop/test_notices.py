"""What is told to a person, and when."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from tests.support.fake_client import row

from shoal.api.errors import Reason
from shoal.api.snapshots import Alert, DiskSpace, SessionTotals, TorrentRow, TorrentState, Update
from shoal.gui.desktop.notice import Answer, Notice, NoticeKind
from shoal.gui.desktop.notices import SETTLED_SECONDS, STEADY_SECONDS, Moment, Notices
from shoal.settings.interface_settings import InterfaceSettings

NOON, NIGHT, MORNING = 12 * 60, 23 * 60, 7 * 60
DISK_FULL = Reason("disk-full", {"missing": 5_000_000})


def name(number: int) -> str:
    return f"{number:040x}"


@dataclass
class Told:
    """Notices over rows that a test changes, at moments that it chooses."""

    settings: InterfaceSettings = field(default_factory=InterfaceSettings)
    now: float = 1000.0
    minute: int = NOON
    in_front: bool = False
    rows: dict[str, TorrentRow] = field(default_factory=dict)
    totals: SessionTotals = field(default_factory=SessionTotals)
    all: list[Notice] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.notices = Notices(lambda: self.settings)

    def moment(self) -> Moment:
        return Moment(self.now, self.minute, self.in_front)

    def update(
        self, *changed: TorrentRow, alerts: tuple[Alert, ...] = (), removed: tuple[str, ...] = ()
    ) -> list[Notice]:
        self.rows.update((found.torrent_id, found) for found in changed)
        told = self.notices.take(Update(1, changed, removed, self.totals, alerts), self.moment())
        self.all += told
        return told

    def load(self, count: int) -> None:
        """So many downloads run when the program has started."""
        self.update(*(row(name(number), name=f"film {number}", folder="/films") for number in range(count)))
        self.notices.begin()

    def finish(self, *numbers: int, downloaded: int = 7) -> list[Notice]:
        ids = [name(number) for number in numbers]
        done = [
            replace(self.rows[found], state=TorrentState.SEEDING, wanted_done=1_000_000, downloaded=downloaded)
            for found in ids
        ]
        return self.update(*done, alerts=tuple(Alert("finished", found, {}) for found in ids))

    def stick(self, number: int, reason: Reason = DISK_FULL, state: TorrentState = TorrentState.ERROR) -> list[Notice]:
        return self.update(replace(self.rows[name(number)], state=state, reason=reason))

    def mend(self, number: int) -> list[Notice]:
        return self.update(replace(self.rows[name(number)], state=TorrentState.DOWNLOADING, reason=None))

    def after(self, seconds: float) -> list[Notice]:
        self.now += seconds
        told = self.notices.tick(self.moment())
        self.all += told
        return told


def kinds(notices: list[Notice]) -> list[NoticeKind]:
    return [notice.kind for notice in notices]


# -- finished


def test_a_download_that_finished_can_be_opened() -> None:
    told = Told()
    told.load(2)
    (notice,) = told.finish(0)
    assert (notice.title, notice.text) == ("Download finished", "film 0")
    assert notice.answers == (Answer.OPEN, Answer.OPEN_FOLDER)
    assert notice.transfers == (name(0),)


def test_data_that_a_check_found_is_no_news() -> None:
    told = Told()
    told.load(2)
    assert told.finish(0, downloaded=0) == []


def test_who_does_not_want_to_know_is_not_told() -> None:
    told = Told(InterfaceSettings(notify_finished=False, notify_all_done=False, notify_needs_you=False))
    told.load(2)
    assert told.finish(0) == []
    told.stick(1)
    assert told.after(60) == []


def test_what_strangers_call_it_is_cleaned() -> None:
    told = Told()
    told.update(row(name(0), name="a\u202egpj.exe\n\x07<b>"), row(name(1)))
    told.notices.begin()
    (notice,) = told.finish(0)
    assert notice.text == "agpj.exe <b>"


def test_four_within_ten_seconds_are_four_and_the_fifth_makes_them_one() -> None:
    told = Told()
    told.load(8)
    singles = [notice for number in range(4) for notice in told.finish(number)]
    assert kinds(singles) == [NoticeKind.FINISHED] * 4
    told.now += 9
    (group,) = told.finish(4)
    assert group.title == "5 downloads finished"
    assert group.text == "film 0, film 1, film 2 and 2 more"
    assert group.replaces == tuple(single.key for single in singles)
    assert (group.answers, group.folder) == ((Answer.OPEN_FOLDER,), "/films")
    (grown,) = told.finish(5)
    assert (grown.key, grown.title) == (group.key, "6 downloads finished")
    told.now += 11
    (later,) = told.finish(6)
    assert (later.title, later.replaces) == ("Download finished", ())


def test_the_fifth_after_ten_seconds_is_one_of_its_own() -> None:
    told = Told()
    told.load(6)
    told.finish(0, 1, 2, 3)
    told.now += 10.5
    (notice,) = told.finish(4)
    assert notice.title == "Download finished"


@given(st.lists(st.floats(0, 30), min_size=1, max_size=25), st.booleans())
def test_nobody_ever_sees_more_than_four_of_ten_seconds(waits: list[float], both_at_once: bool) -> None:
    """Whatever the times: of any ten seconds at most four are on the screen, and each download is in one."""
    told = Told(InterfaceSettings(notify_all_done=False))
    told.load(len(waits) * 2)
    shown: dict[int, tuple[float, Notice]] = {}
    for number, wait in enumerate(waits):
        told.now += wait
        finished = (2 * number, 2 * number + 1) if both_at_once else (2 * number,)
        for notice in told.finish(*finished):
            for key in notice.replaces:
                del shown[key]
            shown[notice.key] = (told.now, notice)
        recent = [at for at, _ in shown.values() if told.now - at <= 10]
        assert len(recent) <= 4
        named = [found for _, notice in shown.values() for found in notice.transfers]
        assert sorted(named) == sorted(set(named))
        assert len(named) == len(finished) * (number + 1)


# -- all done


def test_the_end_of_all_downloads_takes_the_place_of_the_last_ones() -> None:
    told = Told()
    told.load(3)
    first, second = told.finish(0, 1)
    (notice,) = told.finish(2)
    assert (notice.kind, notice.title) == (NoticeKind.ALL_DONE, "All downloads are done")
    assert notice.text == "3 downloads, 3.0 MB. At last: film 2"
    assert notice.answers == (Answer.OPEN, Answer.OPEN_FOLDER)
    assert notice.replaces == (first.key, second.key)


def test_the_end_of_a_single_download_is_told_once() -> None:
    told = Told()
    told.load(1)
    assert kinds(told.finish(0)) == [NoticeKind.FINISHED]


def test_the_end_is_told_to_who_wants_only_that() -> None:
    told = Told(InterfaceSettings(notify_finished=False))
    told.load(2)
    assert told.finish(0) == []
    assert kinds(told.finish(1)) == [NoticeKind.ALL_DONE]


def test_it_is_no_end_while_something_needs_somebody() -> None:
    told = Told()
    told.load(3)
    told.stick(2)
    assert kinds(told.finish(0, 1)) == [NoticeKind.FINISHED] * 2


def test_stopped_downloads_are_not_waited_for() -> None:
    told = Told()
    told.load(3)
    told.update(replace(told.rows[name(2)], state=TorrentState.STOPPED, is_started=False))
    assert kinds(told.finish(0, 1)) == [NoticeKind.ALL_DONE]


def test_a_row_that_comes_before_its_alert_changes_nothing() -> None:
    told = Told()
    told.load(2)
    told.finish(0)
    done = replace(told.rows[name(1)], state=TorrentState.SEEDING, wanted_done=1_000_000, downloaded=7)
    assert told.update(done) == []
    assert kinds(told.update(alerts=(Alert("finished", name(1), {}),))) == [NoticeKind.ALL_DONE]


# -- needs you


def test_trouble_that_lasts_is_told_with_what_to_do() -> None:
    told = Told()
    told.load(1)
    assert told.stick(0) == []
    assert told.notices.wait(told.moment()) == STEADY_SECONDS
    (notice,) = told.after(STEADY_SECONDS)
    assert notice.title == "A transfer needs you"
    assert notice.text.startswith("film 0: Disk full. 5.0 MB")
    assert (notice.answers, notice.click) == ((Answer.FIX,), Answer.FIX)
    assert told.after(3600) == []
    assert told.notices.wait(told.moment()) is None


def test_trouble_that_mends_itself_is_not_told() -> None:
    told = Told()
    told.load(1)
    told.stick(0)
    told.mend(0)
    assert told.after(60) == []


def test_trouble_that_was_there_at_the_start_is_no_news() -> None:
    told = Told()
    told.update(row(name(0), state=TorrentState.ERROR, reason=DISK_FULL))
    told.notices.begin()
    assert told.after(60) == []
    told.mend(0)
    told.stick(0, Reason("permission", {"path": "/films"}))
    assert kinds(told.after(60)) == [NoticeKind.NEEDS_YOU]


def test_the_same_trouble_is_told_again_when_it_was_gone_for_long() -> None:
    told = Told()
    told.load(1)
    for gone, expected in ((60.0, 0), (SETTLED_SECONDS + 1, 1)):
        told.stick(0)
        told.after(10)
        told.mend(0)
        told.now += gone
        told.all.clear()
        told.stick(0)
        assert len(told.after(10)) == expected
        told.mend(0)


def test_trackers_that_are_asked_again_and_again_are_told_once() -> None:
    told = Told()
    told.load(1)
    refused = Reason("tracker-refused", {"host": "t", "text": "no"})
    for _ in range(5):
        told.stick(0, refused, TorrentState.DOWNLOADING)
        told.after(SETTLED_SECONDS * 2)
        told.mend(0)
        told.after(SETTLED_SECONDS * 2)
    assert kinds(told.all) == [NoticeKind.NEEDS_YOU]


def test_hash_checks_retries_and_choices_of_the_person_are_never_told() -> None:
    told = Told()
    told.load(4)
    told.stick(0, Reason("tracker-failed", {"host": "t", "cause": "reset"}), TorrentState.DOWNLOADING)
    told.update(replace(told.rows[name(1)], state=TorrentState.CHECKING, check_progress=0.5))
    told.stick(2, Reason("nothing-chosen"), TorrentState.QUEUED)
    told.update(replace(told.rows[name(3)], state=TorrentState.STOPPED), alerts=(Alert("bad-piece", name(3), {}),))
    assert told.after(3600) == []
    assert told.all == []


def test_five_in_trouble_are_one() -> None:
    told = Told()
    told.load(6)
    for number in range(5):
        told.stick(number)
    (notice,) = told.after(STEADY_SECONDS)
    assert notice.title == "5 transfers need you"
    assert notice.answers == (Answer.SHOW,)


def test_a_transfer_that_is_removed_takes_its_trouble_along() -> None:
    told = Told()
    told.load(1)
    told.stick(0)
    told.update(removed=(name(0),))
    assert told.after(60) == []


# -- disks


def disk(free: float, folder: str = "/films") -> DiskSpace:
    return DiskSpace((folder,), 100 * 10**9, int(free), 10**9)


def on_disk(told: Told, *disks: DiskSpace) -> list[Notice]:
    told.totals = SessionTotals(disks=disks)
    return told.update()


def test_an_almost_full_disk_is_told_once_until_it_has_room_again() -> None:
    told = Told()
    told.load(1)
    assert on_disk(told, disk(6e9)) == []
    (notice,) = on_disk(told, disk(4.9e9))
    assert notice.text == "Only 4.9 GB are left where /films is. When it is full, downloads there have to stop."
    assert (notice.answers, notice.folder) == ((Answer.OPEN_FOLDER,), "/films")
    assert on_disk(told, disk(1e9)) == []
    assert on_disk(told, disk(5.5e9)) == []
    assert on_disk(told, disk(4e9)) == []
    assert on_disk(told, disk(50e9)) == []
    assert kinds(on_disk(told, disk(4e9))) == [NoticeKind.DISK]


def test_a_full_disk_that_nothing_is_loaded_onto_is_nobodys_concern() -> None:
    told = Told()
    told.load(1)
    assert on_disk(told, disk(1e9, "/else")) == []
    told.update(replace(told.rows[name(0)], state=TorrentState.STOPPED))
    assert on_disk(told, disk(1e9)) == []


def test_a_large_disk_is_not_almost_full_with_twenty_gigabytes() -> None:
    told = Told()
    told.load(1)
    assert on_disk(told, DiskSpace(("/films",), 8 * 10**12, 21 * 10**9, 0)) == []


# -- quiet hours


def quiet(**values: bool) -> Told:
    told = Told(InterfaceSettings(quiet_hours="22:00-07:00", **values), minute=NIGHT)
    told.load(5)
    return told


def test_quiet_hours_end_with_one_summary() -> None:
    told = quiet()
    told.finish(0)
    told.finish(1)
    told.stick(2)
    told.after(10)
    told.stick(3)
    told.after(10)
    told.mend(3)
    assert told.all == []
    assert told.notices.wait(told.moment()) == 8 * 3600
    told.minute = MORNING
    (notice,) = told.after(8 * 3600)
    assert notice.kind is NoticeKind.SUMMARY
    assert notice.text == "2 downloads finished: film 0, film 1. 1 transfer needs you: film 2."
    assert told.after(60) == []


def test_what_was_alone_in_the_night_is_told_as_ever() -> None:
    told = quiet()
    told.finish(0)
    told.minute = MORNING
    assert [(notice.kind, notice.answers[0]) for notice in told.after(1)] == [(NoticeKind.FINISHED, Answer.OPEN)]


def test_the_summary_tells_the_end_and_the_disk() -> None:
    told = quiet()
    on_disk(told, disk(1e9))
    told.finish(0, 1, 2, 3, 4)
    told.minute = MORNING
    (notice,) = told.after(1)
    assert notice.text == (
        "5 downloads finished: film 0, film 1, film 2 and 2 more. All downloads are done. The disk is almost full."
    )


def test_a_night_after_which_nothing_is_left_is_silent() -> None:
    told = quiet()
    told.stick(0)
    told.after(10)
    told.mend(0)
    told.minute = MORNING
    assert told.after(1) == []


def test_whoever_sits_at_the_window_is_told_in_the_night_too() -> None:
    told = quiet()
    told.in_front = True
    assert kinds(told.finish(0)) == [NoticeKind.FINISHED]


def test_no_key_is_used_twice_for_different_things() -> None:
    told = Told()
    told.load(30)
    for number in range(30):
        told.now += 3 * (number % 4)
        told.finish(number)
    told.stick(0)
    told.after(60)
    for one, other in pairwise(sorted(told.all, key=lambda notice: notice.key)):
        assert one.key != other.key or set(one.transfers) < set(other.transfers)
