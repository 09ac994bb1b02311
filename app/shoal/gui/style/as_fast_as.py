"""What bounds the speed of a transfer that runs well: your limit, those who send or take, your line. Pure."""

from __future__ import annotations

from shoal.api.snapshots import SessionTotals, TorrentRow
from shoal.gui.style.diagnosis import LIMIT_REACHED
from shoal.gui.style.line_speed import LineSpeed, is_full
from shoal.gui.style.units import rate_text
from shoal.gui.style.wording import say, say_count

FEW_PEERS = 5


def download_speed(row: TorrentRow, totals: SessionTotals, line: LineSpeed) -> str:
    """What bounds a download that flows; its own limit is a finding of its own."""
    if _is_reached(totals.down_rate, totals.down_limit):
        return _by_limit_of_all(totals.down_limit)
    if is_full(totals.down_rate, line.down_rate):
        return _by_line()
    if line.down_rate:
        bound = say_count(
            row.sending_peers,
            "It is as fast as that peer sends; your line has room for more.",
            "It is as fast as those {n} peers send; your line has room for more.",
        )
    else:
        bound = say_count(
            row.sending_peers,
            "It is as fast as that peer sends, or as your line goes: the speed of that is not known.",
            "It is as fast as those {n} peers send, or as your line goes: the speed of that is not known.",
        )
    silent = row.peers - row.sending_peers
    if silent > 0:
        rest = say_count(silent, "One more is here and sends nothing now.", "{n} more are here and send nothing now.")
    elif row.peers <= FEW_PEERS:
        rest = say("Few others take part, so it may stay like this.")
    else:
        return bound
    return say("{bound} {rest}", bound=bound, rest=rest)


def upload_speed(row: TorrentRow, totals: SessionTotals, line: LineSpeed) -> str:
    """What bounds sharing with those who ask."""
    if _is_reached(totals.up_rate, totals.up_limit):
        return _by_limit_of_all(totals.up_limit)
    if is_full(totals.up_rate, line.up_rate):
        return _by_line()
    if line.up_rate:
        return say_count(
            row.receiving_peers,
            "It is as fast as that peer takes it; your line has room for more.",
            "It is as fast as those {n} peers take it; your line has room for more.",
        )
    return say_count(
        row.receiving_peers,
        "It is as fast as that peer takes it, or as your line goes: the speed of that is not known.",
        "It is as fast as those {n} peers take it, or as your line goes: the speed of that is not known.",
    )


def _is_reached(rate: float, limit: int) -> bool:
    return limit > 0 and rate >= LIMIT_REACHED * limit


def _by_line() -> str:
    return say("It is as fast as your line goes: all transfers together fill it.")


def _by_limit_of_all(limit: int) -> str:
    return say("It is as fast as your limit of {limit} for all transfers together allows.", limit=rate_text(limit))
