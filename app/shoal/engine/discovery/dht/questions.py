"""Questions that we sent and whose answers are awaited, matched by transaction id and by the address asked."""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shoal.engine.policy.dht.round_trips import RoundTrips
from shoal.protocol.krpc import Reply
from shoal.runtime.world import Address, Clock

if TYPE_CHECKING:
    import random

GIVE_UP_SECONDS = 6.0
"""An answer that takes longer is not waited for."""
MAX_WAITING = 500
"""Questions under way at the same time, of everything a node does."""
TRANSACTION_BYTES = 4

Done = Callable[[Reply | None], None]


@dataclass(slots=True)
class Question:
    """One of them. `done` hears the answer, or None when there is none; `slow` when it takes longer than usual."""

    address: Address
    transaction: bytes
    sent_at: float
    done: Done
    slow: Callable[[], None] | None
    is_over: bool = False


class Questions:
    """All of one node. One timer, for the next that is slow or lost."""

    def __init__(self, clock: Clock, rng: random.Random) -> None:
        self.round_trips = RoundTrips()
        self._clock = clock
        self._rng = rng
        self._waiting: dict[tuple[bytes, Address], Question] = {}
        self._hosts: Counter[str] = Counter()
        self._deadlines: list[tuple[float, int, Question]] = []
        self._order = 0
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def is_full(self) -> bool:
        return len(self._waiting) >= MAX_WAITING

    def awaits(self, host: str) -> bool:
        """Whether an answer from there is awaited."""
        return host in self._hosts

    def ask(self, address: Address, done: Done, slow: Callable[[], None] | None = None) -> bytes:
        """Expect an answer; returns the transaction id to send."""
        transaction = self._rng.randbytes(TRANSACTION_BYTES)
        while (transaction, address) in self._waiting:
            transaction = self._rng.randbytes(TRANSACTION_BYTES)
        now = self._clock.now()
        question = Question(address, transaction, now, done, slow)
        self._waiting[transaction, address] = question
        self._hosts[address.host] += 1
        self._set_deadline(now + (self.round_trips.patience if slow is not None else GIVE_UP_SECONDS), question)
        return transaction

    def answered(self, transaction: bytes, address: Address) -> tuple[Question, float] | None:
        """The question that this answers, and how long it took; None when nobody asked exactly that address."""
        question = self._waiting.get((transaction, address))
        if question is None:
            return None
        self._end(question)
        took = self._clock.now() - question.sent_at
        self.round_trips.took(took)
        return question, took

    def close(self) -> None:
        """Await nothing any more; nobody is told."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._waiting.clear()
        self._hosts.clear()
        self._deadlines.clear()

    def _end(self, question: Question) -> None:
        question.is_over = True
        del self._waiting[question.transaction, question.address]
        self._hosts[question.address.host] -= 1
        if not self._hosts[question.address.host]:
            del self._hosts[question.address.host]

    def _set_deadline(self, at: float, question: Question) -> None:
        self._order += 1
        heapq.heappush(self._deadlines, (at, self._order, question))
        if self._deadlines[0][2] is question:
            self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._deadlines and self._deadlines[0][2].is_over:
            heapq.heappop(self._deadlines)
        if self._deadlines:
            delay = max(0.0, self._deadlines[0][0] - self._clock.now())
            self._timer = asyncio.get_running_loop().call_later(delay, self._fire)

    def _fire(self) -> None:
        self._timer = None
        now = self._clock.now()
        late: list[Question] = []
        while self._deadlines and (self._deadlines[0][2].is_over or self._deadlines[0][0] <= now):
            question = heapq.heappop(self._deadlines)[2]
            if not question.is_over:
                late.append(question)
        for question in late:
            if question.is_over:
                continue
            if question.slow is not None:
                slow, question.slow = question.slow, None
                self._order += 1
                heapq.heappush(self._deadlines, (question.sent_at + GIVE_UP_SECONDS, self._order, question))
                slow()
            else:
                self._end(question)
                question.done(None)
        self._arm()
