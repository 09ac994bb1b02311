"""Announces one torrent to its trackers: makes what the schedule asks for, hands peers on, keeps what trackers said.

It has no timer: the session's ticker calls `tick`. The gate bounds how many announces of all torrents are under way.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice

from shoal.api.details import TrackerRow
from shoal.api.errors import Reason
from shoal.api.snapshots import SourceAnswer
from shoal.engine.discovery.announce_gate import AnnounceGate
from shoal.engine.discovery.asking import AnnounceStats, Asking, UdpAnnounces
from shoal.engine.discovery.errors import TrackerError, TrackerErrorKind
from shoal.engine.discovery.tracker_reply import TrackerReply
from shoal.engine.discovery.tracker_rows import answer_of, host_of, scrapes_due, state_of, tracker_row, trouble_of
from shoal.engine.discovery.udp_tracker import STOP_ATTEMPT_SECONDS
from shoal.engine.policy.address_scope import is_believable
from shoal.engine.policy.announce_schedule import AnnounceSchedule, Ask, TrackerAnswer
from shoal.engine.policy.swarm_count import SwarmCount, others
from shoal.engine.policy.tracker import Tracker, TrackerState
from shoal.engine.transport.http_client import HttpClient
from shoal.protocol.announce import AnnounceEvent, ScrapeEntry
from shoal.runtime.tasks import TaskScope
from shoal.runtime.world import Address, World

logger = logging.getLogger(__name__)

STOP_SECONDS = 5.0
PARTING_SECONDS = 2.0
"""As long when the whole program ends: a person may wait for that, and trackers forget who is silent."""
MOST_HOSTS_SHOWN = 8


class Announcer:
    """All trackers of one torrent. `start` and `stop` may alternate; calls in the wrong state do nothing."""

    def __init__(
        self,
        world: World,
        *,
        tiers: Sequence[Sequence[str]],
        info_hash: bytes,
        peer_id: bytes,
        http: HttpClient,
        udp: UdpAnnounces,
        gate: AnnounceGate,
        stats: Callable[[], AnnounceStats],
        on_peers: Callable[[Sequence[Address], str], None],
        on_change: Callable[[], None],
        on_news: Callable[[str, str, str], None] = lambda code, host, text: None,
        on_external_host: Callable[[str, str], None] = lambda source_host, host: None,
        on_reordered: Callable[[], None] = lambda: None,
        key: int,
        order: Sequence[str] = (),
        automatic: Sequence[str] = (),
    ) -> None:
        """`on_peers(addresses, source host)` gets believable peers only; `on_change()` says that `rows` differ.

        `on_news(code, host, text)`: a tracker began to fail or to refuse, or works again (`tracker-failed`,
        `tracker-refused`, `tracker-works`). `on_external_host(source host, our address)`: a tracker told it (BEP 24).
        `on_reordered()`: `order` is another now. `key`: 32 bits that stay the same for this torrent (BEP 7).
        `order`: the addresses as they were tried when it ran last. `automatic`: addresses beside the torrent's own,
        asked after them, a tier each.
        """
        self._world = world
        self._asking_for = Asking(http, udp, info_hash, peer_id, key)
        self._gate = gate
        self._stats = stats
        self._on_peers = on_peers
        self._on_change = on_change
        self._on_news = on_news
        self._on_external_host = on_external_host
        self._on_reordered = on_reordered
        self._schedule = AnnounceSchedule(tiers, world.random, order=order)
        self._schedule.add([(url,) for url in automatic], is_automatic=True)
        self._scope: TaskScope | None = None
        self._tracker_hosts: tuple[tuple[str, str], ...] | None = None
        """As shown last; None when something changed since."""
        self._answers: tuple[SourceAnswer, ...] | None = None
        """As `_tracker_hosts`."""
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._told: dict[str, str] = {}
        """What was last told of a tracker that is in trouble, by its address."""

    @property
    def is_running(self) -> bool:
        return self._scope is not None

    @property
    def tracker_host(self) -> str:
        """Host of the tracker in use: the first that works, else the first in turn; empty without trackers."""
        tracker = self._in_use()
        return host_of(tracker.url) if tracker is not None else ""

    @property
    def tracker_hosts(self) -> tuple[tuple[str, str], ...]:
        """(host, state as in `TrackerRow.state`) of at most MOST_HOSTS_SHOWN hosts, the one in use first.

        A host with several trackers is in the state of the one that is tried first.
        """
        # Kept: a long list asks for it often, and trackers change seldom.
        if self._tracker_hosts is None:
            self._tracker_hosts = self._hosts_now()
        return self._tracker_hosts

    def _hosts_now(self) -> tuple[tuple[str, str], ...]:
        shown: dict[str, str] = {}
        first = self._in_use()
        for tracker in (*((first,) if first is not None else ()), *self._schedule):
            if len(shown) == MOST_HOSTS_SHOWN:
                break
            shown.setdefault(host_of(tracker.url), state_of(tracker))
        return tuple(shown.items())

    @property
    def answers(self) -> tuple[SourceAnswer, ...]:
        """What at most MOST_HOSTS_SHOWN trackers said last, in the order in which they are tried."""
        if self._answers is None:
            now, wall = self._world.clock.now(), self._world.clock.wall()
            said = (answer_of(tracker, now, wall) for tracker in self._schedule)
            self._answers = tuple(islice((answer for answer in said if answer is not None), MOST_HOSTS_SHOWN))
        return self._answers

    @property
    def tiers(self) -> tuple[tuple[str, ...], ...]:
        """The addresses as they are now, tier by tier; the automatic ones left out."""
        tiers: dict[int, list[str]] = {}
        for tracker in self._schedule:
            if not tracker.is_automatic:
                tiers.setdefault(tracker.tier, []).append(tracker.url)
        return tuple(tuple(urls) for urls in tiers.values())

    @property
    def order(self) -> tuple[str, ...]:
        """What the next run takes as its `order`."""
        return self._schedule.order

    def unknown_of(self, urls: Iterable[str]) -> tuple[str, ...]:
        """Those of `urls` that are not among the trackers, each once."""
        return tuple(url for url in dict.fromkeys(urls) if not self._schedule.has(url))

    def _in_use(self) -> Tracker | None:
        first = next(iter(self._schedule), None)
        return next((tracker for tracker in self._schedule if tracker.state is TrackerState.WORKING), first)

    @property
    def swarm_seeds(self) -> int | None:
        """The largest count of seeds that a tracker told, ourselves left out; None when none did."""
        return max((tracker.seeds for tracker in self._schedule if tracker.seeds is not None), default=None)

    @property
    def swarm_leeches(self) -> int | None:
        """The largest count of leeches that a tracker told, ourselves left out; None when none did."""
        return max((tracker.leeches for tracker in self._schedule if tracker.leeches is not None), default=None)

    def start(self, *, is_wished: bool = True) -> None:
        """Begin to announce, with `started`; not sooner than 60 s after the last announce unless it `is_wished`."""
        if self._scope is not None:
            return
        self._scope = TaskScope("announcer")
        self._schedule.restart(is_wished=is_wished)
        self._changed()
        self.tick(self._world.clock.now())

    def completed(self) -> None:
        """The last piece was downloaded in this run: tell it once. Never call it for a torrent found complete."""
        if self._scope is not None:
            self._schedule.completed()
            self.tick(self._world.clock.now())

    def tick(self, now: float) -> None:
        """Make the announces that are due; call about once a second."""
        if self._scope is None or now < self._schedule.quiet_until:
            return
        for ask in self._schedule.due(now):
            if not self._gate.try_enter():
                return
            self._schedule.asked(ask.tracker, now)
            task = self._scope.start(self._ask(ask), ask.event.name.lower())
            self._asking[ask.tracker.url] = task
            # Not in the task itself: one that is cancelled before its first step runs none of its code.
            task.add_done_callback(partial(self._ended, ask.tracker))
            self._changed()

    @property
    def quiet_until(self) -> float:
        """`tick` has nothing to do before, unless something happens."""
        return self._schedule.quiet_until

    def announce_now(self, force: bool = False) -> None:
        """Ask as soon as the trackers allow, with `force` at once."""
        now = self._world.clock.now()
        self._schedule.announce_now(now, force=force)
        self.tick(now)
        self._changed()

    def want_more(self) -> None:
        """Peers are short: for a minute, ask also trackers behind the first that works."""
        self._schedule.want_more(self._world.clock.now())

    def add_trackers(self, tiers: Sequence[Sequence[str]]) -> None:
        """Append tiers; known addresses are left out."""
        self._schedule.add(tiers)
        self.tick(self._world.clock.now())
        self._changed()

    def remove_trackers(self, urls: Iterable[str]) -> tuple[str, ...]:
        """Ask these no more, and tell those that know us `stopped`; the addresses that were there."""
        return self._let_go(self._schedule.remove(urls))

    def arrange_trackers(self, tiers: Sequence[Sequence[str]]) -> tuple[str, ...]:
        """Have exactly these tiers, in this order, and the automatic ones behind them; the addresses that are gone."""
        return self._let_go(self._schedule.arrange(tiers))

    def use_automatic(self, urls: Sequence[str]) -> None:
        """Have these as the automatic ones, instead of those before."""
        gone = [tracker.url for tracker in self._schedule if tracker.is_automatic and tracker.url not in urls]
        self._schedule.add([(url,) for url in urls], is_automatic=True)
        self._let_go(self._schedule.remove(gone))

    def _let_go(self, removed: Sequence[Tracker]) -> tuple[str, ...]:
        for tracker in removed:
            self._told.pop(tracker.url, None)
            task = self._asking.get(tracker.url)
            if task is not None:
                task.cancel()
            if self._scope is not None and (tracker.knows_us or task is not None):
                self._scope.start(self._take_leave(tracker), "stopped")
        self.tick(self._world.clock.now())
        self._changed()
        return tuple(tracker.url for tracker in removed)

    async def _take_leave(self, tracker: Tracker) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self._tell_stopped(tracker)

    async def stop(self, timeout: float = STOP_SECONDS) -> None:  # noqa: ASYNC109 - a bound of the whole, kept inside
        """Break off what is under way and tell `stopped` to each tracker that knows us; at most `timeout` seconds."""
        scope, self._scope = self._scope, None
        if scope is None:
            return
        knowing = self._schedule.to_tell_stopped()
        try:
            async with asyncio.timeout(timeout):
                await scope.close(timeout)
                await asyncio.gather(*(self._tell_stopped(tracker) for tracker in knowing))
        except TimeoutError:
            logger.debug("a tracker did not take `stopped` in time")
        self._changed()

    async def break_off(self) -> None:
        """Stop without telling the trackers: another announcer of the same torrent goes on at once."""
        scope, self._scope = self._scope, None
        if scope is not None:
            await scope.close()

    def trouble(self) -> Reason | None:
        """What is wrong when every tracker fails: `tracker-refused` or `tracker-failed` (params: text, host, cause)."""
        return trouble_of(self._schedule)

    def to_scrape(self, now: float, seconds: float) -> list[str]:
        """The trackers whose counts are worth asking for: one that stands for its tier, not asked for so long."""
        return scrapes_due(self._schedule, now, seconds) if self._scope is not None else []

    def scrape_begins(self, url: str, now: float) -> None:
        """The counts of this torrent are asked for at `url`."""
        for tracker in self._schedule:
            if tracker.url == url:
                tracker.scraped_at = now

    def scraped(self, url: str, entry: ScrapeEntry) -> None:
        """The tracker at `url` told its counts."""
        for tracker in self._schedule:
            if tracker.url == url:
                count = SwarmCount(entry.seeds, entry.leeches)
                if tracker.knows_us:
                    count = others(count, is_complete=not self._stats().left)
                tracker.seeds, tracker.leeches, tracker.completed = count.seeds, count.leeches, entry.completed
                self._changed()

    @property
    def has_answered(self) -> bool:
        """A tracker is in working order."""
        return any(tracker.state is TrackerState.WORKING for tracker in self._schedule)

    def rows(self, now: float) -> tuple[TrackerRow, ...]:
        """One row per tracker, in the order in which they are tried."""
        wall = self._world.clock.wall()
        is_running = self._scope is not None
        return tuple(
            tracker_row(tracker, now, wall, self._schedule.may_ask_at(tracker) if is_running else None)
            for tracker in self._schedule
        )

    def next_announce_in(self, now: float) -> float | None:
        """Seconds until the next announce; None when stopped or without a tracker to ask."""
        return self._schedule.next_in(now) if self._scope is not None else None

    async def _ask(self, ask: Ask) -> None:
        tracker = ask.tracker
        stats = self._stats()
        try:
            answer = await self._asking_for.announce(tracker, ask.event, stats)
        except TrackerError as error:
            self._schedule.failed(
                tracker,
                error.text,
                self._world.clock.now(),
                retry_in=error.retry_in,
                is_unusable=error.kind is TrackerErrorKind.PERMANENT,
                is_refusal=error.code == "failure",
                cause=error.code,
            )
            self._tell_trouble(tracker)
        except Exception:
            # Ours, and logged by the scope; the tracker must not stay "asking" for ever.
            self._schedule.failed(tracker, "The announce failed", self._world.clock.now())
            raise
        else:
            self._take(tracker, ask.event, answer, stats)

    def _tell_trouble(self, tracker: Tracker) -> None:
        code = "tracker-refused" if tracker.has_refused else "tracker-failed"
        if not tracker.is_removed and self._told.get(tracker.url) != code:
            self._told[tracker.url] = code
            self._on_news(code, host_of(tracker.url), tracker.message)

    def _ended(self, tracker: Tracker, task: asyncio.Task[None]) -> None:
        if self._asking.get(tracker.url) is task:
            del self._asking[tracker.url]
        self._gate.leave()
        self._schedule.abandoned(tracker)
        self._changed()

    def _take(self, tracker: Tracker, event: AnnounceEvent, answer: TrackerReply, told: AnnounceStats) -> None:
        reply = answer.reply
        count = others(SwarmCount(reply.seeds, reply.leeches), is_complete=not told.left)
        peers = [
            address
            for host, port in dict.fromkeys(reply.peers)
            if is_believable(address := Address(host, port), answer.source_host)
            and not _is_ourselves(address, told.port, reply.external_ip)
        ]
        order = self.order
        self._schedule.succeeded(
            tracker,
            event,
            TrackerAnswer(
                interval=reply.interval,
                min_interval=reply.min_interval,
                usable_peers=len(peers),
                seeds=count.seeds,
                leeches=count.leeches,
                warning=reply.warning,
                tracker_id=reply.tracker_id,
                is_asked_for_peers=told.num_want > 0,
            ),
            self._world.clock.now(),
        )
        if self.order != order:
            self._on_reordered()
        if self._told.pop(tracker.url, None) is not None:
            self._on_news("tracker-works", host_of(tracker.url), "")
        if reply.external_ip is not None:
            self._on_external_host(answer.source_host, reply.external_ip)
        if peers:
            self._on_peers(peers, answer.source_host)

    async def _tell_stopped(self, tracker: Tracker) -> None:
        await self._gate.enter()
        try:
            await self._asking_for.announce(tracker, AnnounceEvent.STOPPED, self._stats(), STOP_ATTEMPT_SECONDS)
        except TrackerError as error:
            logger.debug("a tracker did not take `stopped`: %s", error.code)
        finally:
            self._gate.leave()

    def _changed(self) -> None:
        self._tracker_hosts = self._answers = None
        self._on_change()


def _is_ourselves(address: Address, own_port: int, external_ip: str | None) -> bool:
    """Our own entry in the tracker's list, as far as it can be told; the handshake finds the rest."""
    if address.port != own_port:
        return False
    return address.host in (external_ip, "127.0.0.1", "::1")
