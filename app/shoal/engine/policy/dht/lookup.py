"""One search through the DHT: ask the nodes nearest to a target, who name nearer ones, until none is nearer. Pure.

Bounded whatever the nodes answer: each endpoint is asked once, at most MAX_ASKED in all, and few candidates of one
neighbourhood count, so that invented nodes neither keep it going nor push all others out. Nodes whose id does not fit
their address (BEP 42) are asked, for many honest ones are old, but a search never ends on their word alone.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from shoal.engine.policy.dht.node_ids import distance, is_proper_id, network_of
from shoal.engine.policy.dht.routing_table import BUCKET_NODES
from shoal.protocol.dht_nodes import Contact

PARALLEL = 4
"""alpha: questions under way at the same time, slow ones not counted."""
MAX_ASKED = 100
MAX_CANDIDATES = 200
NAMED_BY_ONE = 16
"""Nodes believed of one answer."""
PER_NETWORK = 2
"""Candidates of one neighbourhood."""
MAX_IMPROPER = 16
"""Nodes asked whose id does not fit their address."""
MAX_UNDER_WAY = 12
"""Questions under way at the same time, slow ones too."""


class _Step(Enum):
    WAITING = 0
    ASKED = 1
    SLOW = 2
    REPLIED = 3
    FAILED = 4


@dataclass(slots=True, order=True)
class _Candidate:
    distance: int
    contact: Contact = field(compare=False)
    is_proper: bool = field(compare=False)
    step: _Step = field(default=_Step.WAITING, compare=False)
    token: bytes | None = field(default=None, compare=False)


class Lookup:
    """The state of a search for `target`; the caller asks whom `to_ask` names, and tells what came of it."""

    def __init__(
        self,
        target: bytes,
        first: Iterable[Contact],
        *,
        own_endpoints: Iterable[tuple[str, int]] = (),
        width: int = BUCKET_NODES,
    ) -> None:
        """`width`: the search ends when so many of the nearest have answered."""
        self.target = target
        self._width = width
        self._candidates: list[_Candidate] = []
        self._by_endpoint: dict[tuple[str, int], _Candidate] = {}
        self._never: set[tuple[str, int]] = set(own_endpoints)
        self._per_network: Counter[str] = Counter()
        self.asked = 0
        self.replied = 0
        self._improper = 0
        for contact in first:
            self._add(contact)

    @property
    def is_done(self) -> bool:
        """Nobody is left to ask whose answer could change anything, and nobody's answer is awaited but slow ones'."""
        return not any(True for _ in self._next()) and not self._count(_Step.ASKED)

    @property
    def has_slow(self) -> bool:
        """A slow answer among the nearest may still come."""
        return any(candidate.step is _Step.SLOW for candidate in self._nearest())

    def to_ask(self) -> list[Contact]:
        """Who is to be asked now; they count as asked."""
        under_way = self._count(_Step.ASKED)
        room = min(PARALLEL - under_way, MAX_UNDER_WAY - under_way - self._count(_Step.SLOW))
        found: list[Contact] = []
        for candidate in self._next():
            if len(found) >= room:
                break
            found.append(candidate.contact)
            candidate.step = _Step.ASKED
            self.asked += 1
            self._improper += not candidate.is_proper
        return found

    def answered(self, contact: Contact, node_id: bytes, named: Iterable[Contact], token: bytes | None) -> None:
        """It answered under `node_id`, which must be the one it was known by, else it is of no use."""
        candidate = self._by_endpoint.get(contact.endpoint)
        if candidate is None or candidate.step not in (_Step.ASKED, _Step.SLOW):
            return
        if node_id != contact.node_id:
            candidate.step = _Step.FAILED
            return
        candidate.step = _Step.REPLIED
        candidate.token = token
        self.replied += 1
        self.learn(named)

    def learn(self, named: Iterable[Contact]) -> None:
        """Take in nodes that somebody outside of the search named."""
        for count, contact in enumerate(named):
            if count >= NAMED_BY_ONE:
                break
            self._add(contact)

    def learn_answered(self, contact: Contact, token: bytes | None) -> None:
        """A node whose id was not known answered this very question."""
        self._add(contact)
        candidate = self._by_endpoint.get(contact.endpoint)
        if candidate is not None and candidate.step is _Step.WAITING and candidate.contact == contact:
            candidate.step = _Step.REPLIED
            candidate.token = token
            self.replied += 1

    def slow(self, contact: Contact) -> None:
        """It has not answered in the usual time: another may be asked meanwhile."""
        self._step(contact, _Step.SLOW)

    def failed(self, contact: Contact) -> None:
        """It will not answer any more."""
        self._step(contact, _Step.FAILED)

    def closest(self, count: int = BUCKET_NODES) -> list[tuple[Contact, bytes | None]]:
        """The nearest nodes that answered, with the token that each gave; those with an improper id last."""
        replied = [candidate for candidate in self._candidates if candidate.step is _Step.REPLIED]
        replied.sort(key=lambda candidate: not candidate.is_proper)
        return [(candidate.contact, candidate.token) for candidate in replied[:count]]

    def _step(self, contact: Contact, step: _Step) -> None:
        candidate = self._by_endpoint.get(contact.endpoint)
        if candidate is not None and candidate.step in (_Step.ASKED, _Step.SLOW):
            candidate.step = step

    def _count(self, step: _Step) -> int:
        return sum(candidate.step is step for candidate in self._candidates)

    def _nearest(self) -> list[_Candidate]:
        return [candidate for candidate in self._candidates if candidate.step is not _Step.FAILED][: self._width]

    def _next(self) -> Iterable[_Candidate]:
        """Those to be asked, the nearest first, as far as the `width` nearest proper ones that have answered."""
        settled = 0
        left = MAX_ASKED - self.asked
        improper_left = MAX_IMPROPER - self._improper
        for candidate in self._candidates:
            if settled >= self._width or left <= 0:
                return
            if candidate.step is _Step.REPLIED:
                settled += candidate.is_proper
            elif candidate.step is _Step.WAITING and (candidate.is_proper or improper_left > 0):
                left -= 1
                improper_left -= not candidate.is_proper
                yield candidate

    def _add(self, contact: Contact) -> None:
        endpoint = contact.endpoint
        if endpoint in self._by_endpoint or endpoint in self._never:
            return
        network = network_of(contact.host)
        if network is not None:
            if self._per_network[network] >= PER_NETWORK:
                return
            self._per_network[network] += 1
        is_proper = is_proper_id(contact.node_id, contact.host)
        candidate = _Candidate(distance(contact.node_id, self.target), contact, is_proper)
        self._by_endpoint[endpoint] = candidate
        insort(self._candidates, candidate)
        if len(self._candidates) > MAX_CANDIDATES:
            self._forget_farthest()

    def _forget_farthest(self) -> None:
        """Of those that were not asked; the endpoint stays known, so that it does not come back."""
        for position in range(len(self._candidates) - 1, -1, -1):
            if self._candidates[position].step is _Step.WAITING:
                del self._candidates[position]
                return
