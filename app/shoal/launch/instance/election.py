"""Who opens the window: the first start takes the lock, every later one hands its request over and ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from shoal.launch.exclusive_lock import ExclusiveLock, LockTakenError
from shoal.launch.instance.meeting_place import MeetingPlace
from shoal.launch.instance.request import OpenRequest, lines_of
from shoal.launch.instance.sending import NoAnswerError, NobodyListensError, send

STARTING_SECONDS = 30.0
"""How long the holder of the lock may take before it listens: it starts, or says goodbye to trackers and ends."""
LOOK_SECONDS = 0.05
SOON_SECONDS = 0.5
"""After so long of waiting what would have to be made ready is worth its time."""


@dataclass(frozen=True, slots=True)
class Instance:
    """The one window of a profile, as long as this process holds `lock`."""

    place: MeetingPlace
    lock: ExclusiveLock


def elect(
    place: MeetingPlace,
    request: OpenRequest,
    *,
    make_ready: Callable[[], None] = lambda: None,
    send: Callable[[str, bytes], None] = send,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Instance | None:
    """This process as the one with the window, or None when another one has taken the request.

    `make_ready` is called once while another one seems to end: what is done by then is not done after it.

    Raises NoAnswerError when another one has the lock and does not answer, RefusedError when it will not have the
    request, BadRequestError for a source that is far too long, and OSError when the lock cannot be made.
    """
    waiting = lines_of(request)
    line = next(waiting)
    began, is_ready = clock(), False
    while True:
        lock = ExclusiveLock(place.lock)
        try:
            lock.take()
            return Instance(place, lock)
        except LockTakenError:
            pass
        try:
            send(place.address, line)
        except NobodyListensError as error:
            if clock() > began + STARTING_SECONDS:
                raise NoAnswerError("it has not come to listen") from error
            if not is_ready and clock() > began + SOON_SECONDS:
                is_ready = True
                make_ready()
            sleep(LOOK_SECONDS)
            continue
        following = next(waiting, None)
        if following is None:
            return None
        line = following
