"""The clock of a router that speaks PCP or NAT-PMP: it begins anew when the router has forgotten its mappings."""

from __future__ import annotations

from shoal.engine.policy.port_leases import has_lost_state
from shoal.runtime.world import Clock


class Epoch:
    """Of one router."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: tuple[int, float] | None = None

    def has_restarted(self, epoch: int) -> bool:
        """Whether the router began anew since it was heard last."""
        now = self._clock.now()
        last, self._last = self._last, (epoch, now)
        return last is not None and has_lost_state(epoch, last[0], now - last[1])
