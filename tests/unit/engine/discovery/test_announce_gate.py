import asyncio

import pytest

from shoal.engine.discovery.announce_gate import MAX_ANNOUNCES, AnnounceGate


def test_slots_are_bounded() -> None:
    gate = AnnounceGate()
    assert all(gate.try_enter() for _ in range(MAX_ANNOUNCES))
    assert not gate.try_enter()
    gate.leave()
    assert gate.try_enter()
    assert MAX_ANNOUNCES == 50


async def test_those_who_wait_are_served_in_order_and_before_those_who_try() -> None:
    gate = AnnounceGate(1)
    order: list[int] = []

    async def visit(number: int) -> None:
        await gate.enter()
        order.append(number)

    assert gate.try_enter()
    tasks = [asyncio.create_task(visit(number)) for number in range(3)]
    await asyncio.sleep(0)
    gate.leave()
    assert not gate.try_enter()
    await tasks[0]
    gate.leave()
    gate.leave()
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2]
    gate.leave()
    assert gate.free == 1


async def test_a_slot_is_not_lost_when_a_waiting_one_is_cancelled() -> None:
    gate = AnnounceGate(1)
    assert gate.try_enter()
    before, after = asyncio.create_task(gate.enter()), asyncio.create_task(gate.enter())
    await asyncio.sleep(0)
    before.cancel()
    with pytest.raises(asyncio.CancelledError):
        await before
    gate.leave()
    # Cancelled in the very moment in which it was given the slot.
    after.cancel()
    with pytest.raises(asyncio.CancelledError):
        await after
    assert gate.free == 1
