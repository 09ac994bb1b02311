"""One start opens the window, the others hand over, and nobody is kept waiting for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoal.launch.exclusive_lock import ExclusiveLock
from shoal.launch.instance.election import STARTING_SECONDS, elect
from shoal.launch.instance.meeting_place import MeetingPlace
from shoal.launch.instance.request import OpenRequest, read_request
from shoal.launch.instance.sending import NoAnswerError, NobodyListensError, RefusedError


class Other:
    """The holder of the lock, and a clock that its sleeps move."""

    def __init__(self, place: MeetingPlace, *, silent_for: float = 0.0, ends_at: float = float("inf")) -> None:
        self.now = 0.0
        self.heard: list[OpenRequest] = []
        self._silent_for, self._ends_at = silent_for, ends_at
        self._lock = ExclusiveLock(place.lock)
        self._lock.take()

    def send(self, address: str, line: bytes) -> None:
        if self.now < self._silent_for:
            raise NobodyListensError
        self.heard.append(read_request(line))

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.now >= self._ends_at:
            self._lock.release()


@pytest.fixture
def place(tmp_path: Path) -> MeetingPlace:
    return MeetingPlace(str(tmp_path / "a.lock"), str(tmp_path / "a.socket"))


def test_the_first_one_gets_the_window(place: MeetingPlace) -> None:
    instance = elect(place, OpenRequest(("/a",)))
    assert instance is not None
    with pytest.raises(NoAnswerError):
        elect(place, OpenRequest(), clock=iter([0.0, STARTING_SECONDS + 1]).__next__, sleep=lambda _: None)
    instance.lock.release()
    again = elect(place, OpenRequest())
    assert again is not None
    again.lock.release()


def test_a_later_one_hands_over_as_soon_as_the_first_listens(place: MeetingPlace) -> None:
    other = Other(place, silent_for=3.0)
    request = OpenRequest(("/a", "/b"), "token")
    assert elect(place, request, send=other.send, sleep=other.sleep, clock=lambda: other.now) is None
    assert other.heard == [request]


def test_one_that_comes_while_the_first_ends_takes_over(place: MeetingPlace) -> None:
    other = Other(place, silent_for=99.0, ends_at=2.0)
    instance = elect(place, OpenRequest(("/a",)), send=other.send, sleep=other.sleep, clock=lambda: other.now)
    assert instance is not None
    assert other.heard == []
    instance.lock.release()


def test_what_is_needed_afterwards_is_made_ready_once_while_the_first_ends(place: MeetingPlace) -> None:
    other, made = Other(place, silent_for=99.0, ends_at=2.0), []

    def make_ready() -> None:
        made.append(other.now)

    instance = elect(
        place, OpenRequest(), make_ready=make_ready, send=other.send, sleep=other.sleep, clock=lambda: other.now
    )
    assert instance is not None
    instance.lock.release()
    assert len(made) == 1
    assert made[0] < 2.0
    assert elect(place, OpenRequest(), make_ready=make_ready) is not None
    assert len(made) == 1, "nobody is in the way"


def test_many_sources_all_arrive(place: MeetingPlace) -> None:
    other = Other(place)
    sources = tuple(f"/{number:0900d}" for number in range(3000))
    assert elect(place, OpenRequest(sources), send=other.send, sleep=other.sleep, clock=lambda: 0.0) is None
    assert tuple(source for request in other.heard for source in request.sources) == sources


def test_a_refusal_is_told(place: MeetingPlace) -> None:
    other = Other(place)

    def refuse(address: str, line: bytes) -> None:
        raise RefusedError("error: no")

    with pytest.raises(RefusedError, match="no"):
        elect(place, OpenRequest(), send=refuse, sleep=other.sleep, clock=lambda: 0.0)
