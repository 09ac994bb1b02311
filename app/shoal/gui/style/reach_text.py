"""Whether others can connect to us, in words: what was seen first, else what the router says. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.api.snapshots import RouterState, SessionTotals
from shoal.gui.style.wording import say


@dataclass(frozen=True, slots=True)
class ReachText:
    """A few words, a sentence or two with what can be done, an icon and its colour's token.

    `is_told` says that there is more to it than that nothing is known yet.
    """

    words: str
    hint: str
    icon: str = "globe"
    token: str = "ink3"
    is_told: bool = True


def reach_text(totals: SessionTotals) -> ReachText:
    """What is true of it now."""
    port = str(totals.listen_port)
    if not totals.listen_port:
        return ReachText(
            say("Not listening"), say("Shoal cannot listen on any port: nobody can connect to you."), token="warn"
        )
    if totals.has_incoming:
        hint = say("Others have connected to you on port {port}. Nothing is left to do.", port=port)
        return ReachText(say("Reachable"), _with_address(hint, totals), "tick", "ok")
    return _by_router(totals, port)


def _by_router(totals: SessionTotals, port: str) -> ReachText:
    router = totals.router
    match router.state:
        case RouterState.OPEN if router.is_behind_another:
            hint = say(
                "Your router opened port {port}, but it has no public address: another router, such as that of your "
                "provider, is in the way. Open the port there, too, or ask your provider for a public address. "
                "Downloads work either way.",
                port=str(router.port),
            )
            return ReachText(say("Behind a second router"), hint, "triangle", "warn")
        case RouterState.OPEN:
            hint = say(
                "The router {host} lets others in on port {port}; Shoal asked it by {way}. Nobody has connected yet.",
                host=router.host,
                port=str(router.port),
                way=router.way,
            )
            words = say("Router opened port {port}", port=str(router.port))
            return ReachText(words, _with_address(hint, totals), "globe", "ink2")
        case RouterState.ASKING:
            hint = say("Shoal asks your router to let others in on port {port}.", port=port)
            return ReachText(say("Asking the router\u2026"), hint, "clock", "ink2")
        case RouterState.SILENT:
            hint = say(
                "Your router does not answer to UPnP, NAT-PMP or PCP. Switch one of them on in the pages of the "
                "router, or open port {port} there for TCP and UDP. Downloads work either way; with an open port there "
                "are more to download from.",
                port=port,
            )
            return ReachText(say("Router does not answer"), hint, "triangle", "warn")
        case RouterState.REFUSED:
            hint = say(
                "Your router does not let Shoal open a port. Allow it in the pages of the router (UPnP or NAT-PMP), or "
                "open port {port} there for TCP and UDP. Downloads work either way; with an open port there are more "
                "to download from.",
                port=port,
            )
            return ReachText(say("Router refused"), hint, "triangle", "warn")
        case RouterState.NONE:
            hint = say(
                "There is no router of a home network to be asked. A firewall must let TCP and UDP port {port} "
                "through.",
                port=port,
            )
        case RouterState.OFF:
            hint = say(
                "Shoal does not ask the router. It must let TCP and UDP port {port} through; whether it does shows as "
                "soon as somebody connects.",
                port=port,
            )
    return ReachText(say("Not known if reachable"), _with_address(hint, totals), is_told=False)


def _with_address(hint: str, totals: SessionTotals) -> str:
    if not totals.external_host:
        return hint
    return hint + "\n" + say("The world sees you at {host}.", host=totals.external_host)
