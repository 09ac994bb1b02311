"""How the DHT goes, in words: for the status bar. Pure functions of `SessionTotals`."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.api.snapshots import SessionTotals
from shoal.gui.style.wording import say, say_count


@dataclass(frozen=True, slots=True)
class DhtText:
    """A few words, a sentence or two about them, and their colour's token."""

    words: str
    hint: str
    token: str


def dht_text(totals: SessionTotals) -> DhtText:
    """What is true of it now."""
    match totals.dht_state:
        case "working":
            hint = say("Other clients by which peers are found without a tracker.")
            if totals.is_dht_read_only:
                hint += "\n" + say(
                    "Shoal asks them and answers nobody: it is set so, or they cannot reach this computer."
                )
            return DhtText(say_count(totals.dht_nodes, "{n} node", "{n} nodes"), hint, "ok")
        case "starting":
            return DhtText(
                say("starting"), say("Looking for other clients that take part; it takes a few seconds."), "ink3"
            )
        case "no-answer":
            hint = say(
                "No other client answers. The network may be down, or a firewall may block UDP. Shoal keeps trying."
            )
            return DhtText(say("no answer"), hint, "warn")
        case _:
            hint = say("Peers are not looked for in the DHT: it is switched off in the Configuration.")
            return DhtText(say("off"), hint, "ink3")
