"""Sharers go together, the exclusive one alone, and it is not starved."""

from __future__ import annotations

import threading

import pytest

from shoal.engine.storage.shared_lock import SharedLock

WAIT = 10.0


def test_sharers_hold_it_together() -> None:
    lock = SharedLock()
    both = threading.Barrier(2, timeout=WAIT)

    def share() -> None:
        with lock.shared():
            both.wait()

    thread = threading.Thread(target=share)
    thread.start()
    share()
    thread.join(WAIT)
    assert not thread.is_alive()


def test_the_exclusive_side_is_alone_among_many_sharers() -> None:
    lock = SharedLock()
    inside: set[int] = set()
    wrong: list[int] = []

    def share(number: int) -> None:
        for _ in range(300):
            with lock.shared():
                inside.add(number)
                inside.discard(number)

    def alone() -> None:
        for _ in range(100):
            with lock.exclusive():
                if inside:
                    wrong.append(len(inside))

    threads = [threading.Thread(target=share, args=(number,)) for number in range(4)]
    threads += [threading.Thread(target=alone) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
        assert not thread.is_alive()
    assert wrong == []


def test_an_error_inside_lets_go() -> None:
    lock = SharedLock()
    with pytest.raises(KeyError), lock.exclusive():
        raise KeyError
    with pytest.raises(KeyError), lock.shared():
        raise KeyError
    with lock.exclusive():
        pass
