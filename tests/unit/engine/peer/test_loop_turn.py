import asyncio

import pytest
from tests.support.virtual_time import UnhandledError, run_virtual

from shoal.engine.peer.turn import LoopTurn


def test_callbacks_run_once_in_their_order_at_the_end_of_the_turn() -> None:
    async def main() -> list[str]:
        turn, ran = LoopTurn(), list[str]()
        for name in "abc":
            turn.later(lambda name=name: ran.append(name))
        assert ran == []
        await asyncio.sleep(0)
        assert ran == ["a", "b", "c"]
        await asyncio.sleep(0)
        return ran

    assert run_virtual(main) == ["a", "b", "c"]


def test_what_asks_again_comes_in_the_next_turn() -> None:
    async def main() -> None:
        turn, ran = LoopTurn(), list[int]()

        def again() -> None:
            ran.append(len(ran))
            if len(ran) < 3:
                turn.later(again)

        turn.later(again)
        for expected in (1, 2, 3, 3):
            await asyncio.sleep(0)
            assert len(ran) == expected

    run_virtual(main)


def test_a_failure_of_one_is_reported_and_costs_the_others_nothing() -> None:
    ran: list[str] = []

    async def main() -> None:
        turn = LoopTurn()

        def fail() -> None:
            raise ZeroDivisionError

        turn.later(fail)
        turn.later(lambda: ran.append("next"))
        await asyncio.sleep(0)

    with pytest.raises(UnhandledError, match="a peer's turn failed"):
        run_virtual(main)
    assert ran == ["next"]
