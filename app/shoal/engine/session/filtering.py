"""The list of addresses that are shut out, put together with the session that it holds for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shoal.engine.policy.ip_filter import IpRanges
from shoal.engine.policy.refused_hosts import SHUT_OUT, AdmittedHosts
from shoal.engine.session.ip_filter import FilterEars, IpFilter
from shoal.engine.transport.http_client import AiohttpClient

if TYPE_CHECKING:
    from shoal.engine.session.session import Session


def make_ip_filter(session: Session, state_path: str | None) -> IpFilter:
    """The filter of `session`, which has it ask for nothing before `IpFilter.apply`.

    `state_path`: the list of torrents, beside which the copy of a list from the web is kept.
    """
    world = session.world
    return IpFilter(
        world,
        lambda: session.settings,
        lambda: AiohttpClient(world.network, local_host=session.settings.outgoing_host or None),
        FilterEars(lambda before, after: _changed(session, before, after), session.feed.alert),
        None if state_path is None else f"{state_path}.ip-filter",
    )


def _changed(session: Session, before: IpRanges, after: IpRanges) -> None:
    """Another list is in force: whoever is in it goes, and whoever is in it no more may be dialled at once."""
    now, admitted = session.world.clock.now(), AdmittedHosts(before, after)
    for entry in session.entries.values():
        entry.end_filtered(after)
        entry.swarm.known.forgive(admitted, now)
    session.connections.end_all_of(after, SHUT_OUT)
