"""At which address the world sees us: by the votes of trackers and peers, and by what our routers say. Pure."""

from __future__ import annotations

from shoal.engine.policy.dht.address_votes import AddressVotes
from shoal.protocol.ip_scope import Scope, scope_of

AGREEING = 2
"""So many neighbourhoods must say the same, and more than half of all."""


class ExternalAddress:
    """Of one session. Outsiders who agree are believed before a router, for there may be another one behind it."""

    def __init__(self) -> None:
        self._votes: dict[int, AddressVotes] = {}
        self._routers: dict[str, str] = {}
        self.forget()

    def forget(self) -> None:
        """We are in another network now."""
        self._votes = {family: AddressVotes(AGREEING) for family in (4, 6)}
        self._routers.clear()

    def heard(self, voter: str, host: str) -> None:
        """A tracker or peer at `voter` sees us at `host`; both numeric. Nonsense is no vote."""
        self._votes[_family(host)].vote(voter, host)

    def router_says(self, router: str, host: str) -> None:
        """The router at `router` has this external address; "" when it does not tell."""
        if host:
            self._routers[router] = host
        else:
            self.forget_router(router)

    def forget_router(self, router: str) -> None:
        """It is not asked any more."""
        self._routers.pop(router, None)

    def host(self, family: int) -> str:
        """Our address of the `family` 4 or 6; "" while nobody whose word is enough has told."""
        agreed = self._votes[family].host
        if agreed is not None:
            return agreed
        said = (host for host in self._routers.values() if _family(host) == family and scope_of(host) is Scope.GLOBAL)
        return next(said, "")

    @property
    def is_behind_another(self) -> bool:
        """No router of ours has a public IPv4 address: a further one, such as the provider's, is in the way."""
        inner = [host for host in self._routers.values() if _family(host) == 4]
        return bool(inner) and all(scope_of(host) is not Scope.GLOBAL for host in inner)


def _family(host: str) -> int:
    return 6 if ":" in host else 4
