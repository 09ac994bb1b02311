"""One question put over IPv4 and IPv6, since a tracker may know other peers by each (BEP 7)."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import TypeVar

from shoal.engine.discovery.tracker_reply import TrackerReply
from shoal.protocol.ip_scope import scope_of

T = TypeVar("T")

SECOND_FAMILY_SECONDS = 2.0
"""Once one family has answered, the other gets so much longer."""


async def first_and_what_else_comes(requests: Sequence[Coroutine[None, None, T]], more_seconds: float) -> list[T]:
    """The answers of all families: the first ends the waiting but for `more_seconds`. Without any, the error."""
    tasks = [asyncio.ensure_future(request) for request in requests]
    try:
        waiting: set[asyncio.Future[T]] = set(tasks)
        while waiting and not any(_has_answer(task) for task in tasks):
            _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if waiting:
            await asyncio.wait(waiting, timeout=more_seconds)
    finally:
        for task in tasks:
            task.cancel()
    answers = [task.result() for task in tasks if _has_answer(task)]
    return answers or [tasks[0].result()]


def _has_answer(task: asyncio.Future[T]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


def merged(answers: Sequence[TrackerReply]) -> TrackerReply:
    """Peers of all; counts and intervals of whichever says more, as both families usually share one table."""
    replies = [answer.reply for answer in answers]
    peers = dict.fromkeys(peer for reply in replies for peer in reply.peers)
    merged = replace(
        replies[0],
        interval=max(reply.interval for reply in replies),
        peers=tuple(peers),
        seeds=max((reply.seeds for reply in replies if reply.seeds is not None), default=None),
        leeches=max((reply.leeches for reply in replies if reply.leeches is not None), default=None),
    )
    return TrackerReply(merged, max((answer.source_host for answer in answers), key=lambda host: scope_of(host) or 0))
