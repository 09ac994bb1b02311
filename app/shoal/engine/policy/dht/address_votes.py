"""What our own address is, as those who answer us see it (BEP 42). Pure.

One voice per neighbourhood, so that one liar, or one network of them, cannot talk us into another address.
"""

from __future__ import annotations

from collections import Counter

from shoal.engine.policy.dht.node_ids import network_of
from shoal.protocol.ip_scope import Scope, scope_of

VOICES = 30
"""The last so many neighbourhoods count."""
AGREEING = 4
"""So many of them must say the same, and more than half of all."""


class AddressVotes:
    """The votes of one address family."""

    def __init__(self, agreeing: int = AGREEING) -> None:
        self._agreeing = agreeing
        self._votes: dict[str, str] = {}
        self.host: str | None = None
        """Our address; None while it is not known."""

    def vote(self, voter: str, host: str) -> bool:
        """`voter` sees us at `host`; True when that changes `host`."""
        network = network_of(voter)
        is_global = scope_of(host) is Scope.GLOBAL and scope_of(voter) is Scope.GLOBAL
        if network is None or not is_global or (":" in host) != (":" in voter):
            return False
        self._votes.pop(network, None)
        self._votes[network] = host
        if len(self._votes) > VOICES:
            del self._votes[next(iter(self._votes))]
        winner, count = Counter(self._votes.values()).most_common(1)[0]
        if winner == self.host or count < self._agreeing or count <= len(self._votes) // 2:
            return False
        self.host = winner
        return True
