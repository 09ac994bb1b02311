"""What a session is opened with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from shoal.engine.discovery.routers.search import RouterSearch
from shoal.runtime.world import World
from shoal.settings.engine_settings import EngineSettings


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """What a session is opened with. `state_path` is the resume database; None keeps nothing across restarts.

    `save_settings` is called in a worker, one call at a time, with settings that were changed; it may raise OSError or
    SettingsError. With `keeps_port` a port 0 is replaced by one that is chosen by chance, and saved. `dht_hosts`
    (`host:port`) are asked for the way into the DHT when the settings name none. Without `find_routers` no router is
    ever asked for anything.
    """

    settings: EngineSettings = field(default_factory=EngineSettings)
    state_path: str | None = None
    save_settings: Callable[[EngineSettings], None] | None = None
    keeps_port: bool = False
    dht_hosts: Sequence[str] = ()
    find_routers: Callable[[World], RouterSearch] | None = None
