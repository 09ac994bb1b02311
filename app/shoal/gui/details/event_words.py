"""What a tick of the speed graph says."""

from __future__ import annotations

from shoal.api.details import TorrentEvent
from shoal.gui.style.units import rate_text
from shoal.gui.style.wording import isolated, say

_PLAIN: dict[str, str] = {
    "tracker-failed": "A tracker did not answer",
    "tracker-refused": "A tracker turned you away",
    "file-finished": "A file was finished",
    "finished": "Everything was finished",
    "started": "Started",
    "stopped": "Stopped",
}


def event_words(event: TorrentEvent) -> str:
    """A few words for `event`; empty for one that a graph does not mark."""
    path, host = event.params.get("path"), event.params.get("host")
    match event.code:
        case "limits-changed":
            return _limits(event)
        case "file-finished" if isinstance(path, str) and path:
            return say("Finished {name}", name=isolated(path.rpartition("/")[2]))
        case "tracker-failed" if isinstance(host, str) and host:
            return say("{host} did not answer", host=isolated(host))
        case "tracker-refused" if isinstance(host, str) and host:
            return say("{host} turned you away", host=isolated(host))
    return say(_PLAIN[event.code]) if event.code in _PLAIN else ""


def _limits(event: TorrentEvent) -> str:
    down, up = event.params.get("down", 0), event.params.get("up", 0)
    if isinstance(down, str) or isinstance(up, str):
        return say("The limits were changed")
    return say(
        "Limits: \u2193 {down}, \u2191 {up}",
        down=rate_text(down) if down else say("none"),
        up=rate_text(up) if up else say("none"),
    )
