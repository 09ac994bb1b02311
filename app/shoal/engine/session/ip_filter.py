"""The list of addresses that are shut out: from a file or the web, read in a worker, kept new, in force at once.

A list from the web is asked for once a day; its copy is used until then, and when the web does not answer. A file is
read again when it has changed. While the first list of a run is read, nobody is let in or dialled: who chose a list
wants it to hold from the first moment.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from shoal.api.errors import Reason
from shoal.api.snapshots import Alert, IpFilterState, IpFilterStep
from shoal.engine.policy.ip_filter import NOTHING, IpRanges
from shoal.engine.session import kept_list
from shoal.engine.session.kept_list import ListHead, Reading, ReadingEndedError, ReadList
from shoal.engine.transport.http_client import HttpError, HttpReply
from shoal.protocol.ip_list import IpListError
from shoal.runtime.tasks import TaskScope
from shoal.runtime.world import World
from shoal.settings.engine_settings import EngineSettings

logger = logging.getLogger(__name__)

T = TypeVar("T")

UPDATE_SECONDS = 86_400.0
RETRY_SECONDS = 3_600.0
"""After an update that failed."""
LOOK_SECONDS = 60.0
"""So often it is looked whether a file has changed."""
FETCH_SECONDS = 600.0
NOT_MODIFIED = 304
OK = 200


class ListHttp(Protocol):
    """What is needed of HTTP."""

    async def get(
        self, url: str, *, total_timeout: float, max_bytes: int, headers: dict[str, str] | None
    ) -> HttpReply: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class FilterEars:
    """Who hears of the list: `changed(before, after)` when other addresses are shut out."""

    changed: Callable[[IpRanges, IpRanges], None]
    alert: Callable[[Alert], None]


class IpFilter:
    """Of one session; loop thread only. `host in filter` for hosts that are shut out."""

    def __init__(
        self,
        world: World,
        settings: Callable[[], EngineSettings],
        make_http: Callable[[], ListHttp],
        ears: FilterEars,
        kept_path: str | None,
    ) -> None:
        """`kept_path`: where the copy of a list from the web is kept; None keeps none."""
        self._world = world
        self._settings = settings
        self._make_http = make_http
        self._ears = ears
        self._kept_path = kept_path
        self._tasks = TaskScope("ip filter")
        self._ranges = NOTHING
        self._source = ""
        self._state = IpFilterState()
        self._reading: Reading | None = None
        """What is under way; ending it ends that."""
        self._task: asyncio.Task[None] | None = None
        self._head: ListHead | None = None
        self._stamp: tuple[int, int] | None = None
        self._next_look = 0.0
        self._retry_at = 0.0
        self.is_awaited = False
        """The first list of this run is being read from the disk: nobody is to be met before."""

    def __contains__(self, host: object) -> bool:
        return host in self._ranges

    @property
    def state(self) -> IpFilterState:
        """As it is told."""
        reading = self._reading
        if reading is None or self._state.step is not IpFilterStep.READING:
            return self._state
        return replace(self._state, progress=int(reading.share * 100) / 100)

    @property
    def filters_trackers(self) -> bool:
        return self._settings().ip_filter_trackers

    def refuses_tracker(self, host: str) -> bool:
        """Whether a tracker at this address is not to be asked."""
        return self.filters_trackers and host in self._ranges

    # --- commands -----------------------------------------------------------------------------------------------

    def apply(self) -> None:
        """Put the setting in force: another source is read at once."""
        source = self._settings().ip_filter
        if source == self._source:
            return
        is_first = self._state.step is IpFilterStep.OFF
        self._end_reading()
        self._source, self._head, self._stamp = source, None, None
        if not source:
            self._state = IpFilterState()
            self._clear()
            return
        self._state = IpFilterState(source=source, ranges=len(self._ranges))
        self.is_awaited = is_first and not len(self._ranges)
        self._start(self._load_first)

    def update(self) -> None:
        """Read the list anew, from the web if it lies there."""
        if self._source and self._state.step is IpFilterStep.READY:
            self._end_reading()
            self._start(self._load_again)

    def cancel(self) -> None:
        """End what is under way; the list that was in force stays."""
        if self._state.step in (IpFilterStep.FETCHING, IpFilterStep.READING):
            self._end_reading()
            self._retry_at = self._world.clock.now() + RETRY_SECONDS
            self._state = replace(self._state, step=IpFilterStep.READY, problem=Reason("ip-filter-cancelled"))

    def second(self, now: float) -> None:
        """Once a second: look whether there is something newer."""
        if not self._source or self._reading is not None or not self._settings().ip_filter_update:
            return
        if not is_web(self._source):
            if now >= self._next_look:
                self._next_look = now + LOOK_SECONDS
                self._start(self._look_at_file)
        elif now >= self._retry_at and not 0 <= self._world.clock.wall() - self._asked_at < UPDATE_SECONDS:
            self._start(self._load_again)

    async def close(self) -> None:
        """Nothing is read any more."""
        self._end_reading()
        await self._tasks.close()

    # --- inside -------------------------------------------------------------------------------------------------

    @property
    def _asked_at(self) -> float:
        return self._head.at if self._head is not None else -UPDATE_SECONDS

    def _start(self, load: Callable[[Reading], Awaitable[Reason | None]]) -> None:
        self._reading = Reading()
        self._task = self._tasks.start(self._do(load, self._reading), "a list of addresses")

    def _end_reading(self) -> None:
        self.is_awaited = False
        if self._reading is not None:
            # A worker sees the one, whatever waits for it or for the web the other.
            self._reading.is_ended = True
            self._reading = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _do(self, load: Callable[[Reading], Awaitable[Reason | None]], reading: Reading) -> None:
        try:
            problem = await load(reading)
        except ReadingEndedError:
            return
        except IpListError as error:
            problem = Reason("ip-filter-unusable", {"source": _shown(self._source), "cause": error.kind})
        except HttpError as error:
            problem = Reason("ip-filter-fetch", {"host": host_of(self._source), "cause": error.kind})
        except FileNotFoundError:
            problem = Reason("ip-filter-missing", {"path": self._source})
        except OSError as error:
            problem = Reason("ip-filter-unreadable", {"path": self._source, "detail": error.strerror or "error"})
        self._reading, self._task, self.is_awaited = None, None, False
        if problem is not None and problem != self._state.problem:
            logger.info("the list of addresses was not read: %s", problem.code)
            self._ears.alert(Alert(problem.code, None, problem.params, "warning"))
        if problem is not None:
            self._retry_at = self._world.clock.now() + RETRY_SECONDS
        self._state = replace(self._state, step=IpFilterStep.READY, problem=problem)

    async def _load_first(self, reading: Reading) -> Reason | None:
        if not is_web(self._source):
            return await self._load_again(reading)
        if self._kept_path is not None:
            self._show(IpFilterStep.READING)
            try:
                read = await self._work(
                    partial(kept_list.read_kept, self._world.files, self._kept_path, self._source, reading)
                )
            except (OSError, IpListError) as error:
                logger.info("the kept list of addresses is of no use: %s", error)
                read = None
            if read is not None:
                self._head = read.head
                self._take(read)
        self.is_awaited = False
        age = self._world.clock.wall() - self._asked_at
        is_fresh = 0 <= age < UPDATE_SECONDS or not self._settings().ip_filter_update
        return None if self._head is not None and is_fresh else await self._fetch(reading)

    async def _load_again(self, reading: Reading) -> Reason | None:
        if is_web(self._source):
            return await self._fetch(reading)
        self._show(IpFilterStep.READING)
        files = self._world.files
        self._stamp = await self._work(partial(kept_list.stamp_of, files, self._source))
        read = await self._work(partial(kept_list.read_file, files, self._source, reading))
        self._stamp = read.stamp
        self._take(read)
        return None

    async def _look_at_file(self, reading: Reading) -> Reason | None:
        stamp = await self._work(partial(kept_list.stamp_of, self._world.files, self._source))
        # One that is gone for the moment may be about to be replaced; what it said holds.
        if stamp is None or stamp == self._stamp:
            return self._state.problem
        return await self._load_again(reading)

    async def _fetch(self, reading: Reading) -> Reason | None:
        self._show(IpFilterStep.FETCHING)
        url, head = self._source, self._head
        headers = {}
        if head is not None and head.etag:
            headers["If-None-Match"] = head.etag
        if head is not None and head.modified:
            headers["If-Modified-Since"] = head.modified
        http = self._make_http()
        try:
            reply = await http.get(
                url, total_timeout=FETCH_SECONDS, max_bytes=kept_list.MOST_BYTES, headers=headers or None
            )
        finally:
            await http.close()
        now = self._world.clock.wall()
        if reply.status == NOT_MODIFIED and head is not None:
            self._head = replace(head, at=now)
            self._state = replace(self._state, updated_at=now)
            await self._keep(partial(kept_list.keep_head, self._world.files, self._head))
            return None
        if reply.status != OK:
            return Reason("ip-filter-fetch", {"host": host_of(url), "cause": "http-status", "status": reply.status})
        self._show(IpFilterStep.READING)
        read = await self._work(partial(kept_list.read_bytes, reply.body, reading))
        self._head = ListHead(url, now, reply.etag, reply.modified)
        self._take(replace(read, at=now))
        await self._keep(partial(kept_list.keep, self._world.files, self._head, reply.body))
        return None

    async def _keep(self, write: Callable[[str], None]) -> None:
        if self._kept_path is None:
            return
        try:
            await self._work(partial(write, self._kept_path))
        except OSError as error:
            # It holds until the end of this run, and is fetched again in the next.
            logger.info("the list of addresses was not kept: %s", error.strerror)

    async def _work(self, job: Callable[[], T]) -> T:
        return await self._world.workers.run(job, lane="lists")

    def _show(self, step: IpFilterStep) -> None:
        self._state = replace(self._state, step=step)

    def _take(self, read: ReadList) -> None:
        before, self._ranges = self._ranges, read.ranges
        self._state = replace(self._state, ranges=len(read.ranges), unreadable=read.unreadable, updated_at=read.at)
        self._ears.changed(before, self._ranges)

    def _clear(self) -> None:
        before, self._ranges = self._ranges, NOTHING
        self._ears.changed(before, NOTHING)


def is_web(source: str) -> bool:
    """Whether it is fetched; else it is the path of a file."""
    return source.lower().startswith(("http://", "https://"))


def _shown(source: str) -> str:
    return host_of(source) if is_web(source) else source


def host_of(url: str) -> str:
    """The host of an address that was checked before; the rest of it may carry a key."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
