"""`shoal tracker`: the embedded tracker, until a signal comes."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Awaitable, Callable
from typing import Protocol, TextIO

from shoal.api.errors import UserError
from shoal.cli.options import TrackerOptions

USUAL_PORT = 6969
"""Where trackers are looked for; taken when it is free and no other was asked for."""


class RunningTracker(Protocol):
    """A tracker that listens."""

    @property
    def http_url(self) -> str: ...

    @property
    def udp_url(self) -> str: ...

    async def stop(self) -> None: ...


OpenTracker = Callable[[str, int, int], Awaitable[RunningTracker]]
"""Start one at host, HTTP port and UDP port (0 = any); raises OSError when a port is taken."""


async def run_tracker(
    options: TrackerOptions, open_tracker: OpenTracker, stream: TextIO, asked_to_end: asyncio.Event
) -> None:
    """Print `READY http://... udp://...` and serve until `asked_to_end`. Raises `UserError` (`tracker-port...`)."""
    try:
        tracker = await _open(options, open_tracker)
    except OSError as error:
        raise _refusal(options, error) from error
    try:
        # UDP announces name no path (BEP 15), so scripts get the bare endpoint.
        stream.write(f"READY {tracker.http_url} {tracker.udp_url.removesuffix('/announce')}\n")
        stream.flush()
        await asked_to_end.wait()
    finally:
        await tracker.stop()


def _refusal(options: TrackerOptions, error: OSError) -> UserError:
    wanted = dict.fromkeys(str(port) for port in (options.port, options.udp_port) if port)
    if error.errno == errno.EADDRINUSE and wanted:
        return UserError("tracker-port-taken", host=options.host, port=" or ".join(wanted))
    # Numbers of failed look-ups are below zero. What asyncio says of others repeats the address.
    is_system = error.errno is not None and error.errno > 0
    detail = os.strerror(error.errno or 0) if is_system else error.strerror or str(error)
    return UserError("tracker-port", host=options.host, detail=detail)


async def _open(options: TrackerOptions, open_tracker: OpenTracker) -> RunningTracker:
    port = USUAL_PORT if options.port is None else options.port
    udp_port = port if options.udp_port is None else options.udp_port
    try:
        return await open_tracker(options.host, port, udp_port)
    except OSError:
        if options.port is not None:
            raise
    return await open_tracker(options.host, 0, options.udp_port or 0)
