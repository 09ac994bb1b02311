"""A multicast port, in a group of its own on this computer."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

from shoal.runtime import multicast
from shoal.runtime.network import AsyncioNetwork
from shoal.runtime.world import Address

GROUPS = ("239.192.77.3", "ff11::77:3")
"""Nobody's; the IPv6 one does not even leave its interface."""


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of these tests leaves this computer."""
    loopback = [(index, name) for index, name in socket.if_nameindex() if name in ("lo", "lo0")]
    if not loopback:
        pytest.skip("the loopback interface has another name here")
    monkeypatch.setattr(multicast.socket, "if_nameindex", lambda: loopback)


@pytest.mark.parametrize("group", GROUPS)
def test_programs_of_one_computer_hear_each_other(run_on: Callable[[Any], None], group: str) -> None:
    async def main() -> None:
        network = AsyncioNetwork(asyncio.get_running_loop())
        port = free_port()
        arrived = asyncio.Event()
        inboxes: tuple[list[bytes], list[bytes]] = ([], [])

        def hear(inbox: list[bytes]) -> Callable[[memoryview, Address], None]:
            def receive(data: memoryview, source: Address) -> None:
                inbox.append(bytes(data))
                if all(inboxes):
                    arrived.set()

            return receive

        try:
            one = await network.join_group(hear(inboxes[0]), group, port)
        except OSError:
            pytest.skip("no multicast of this family here")
        other = await network.join_group(hear(inboxes[1]), group, port)
        sent = one.send(b"who is here?")
        if not sent and ":" in group:
            pytest.skip("IPv6 multicast has no way through the loopback interface here")
        assert sent == 1
        await asyncio.wait_for(arrived.wait(), 10)
        assert inboxes == ([b"who is here?"], [b"who is here?"])
        one.close()
        one.close()
        assert one.send(b"closed") == 0
        other.close()

    run_on(main)


def test_no_interface_at_all_is_an_error(run_on: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multicast.socket, "if_nameindex", list)

    async def main() -> None:
        with pytest.raises(OSError, match="no interface"):
            await AsyncioNetwork(asyncio.get_running_loop()).join_group(
                lambda data, source: None, GROUPS[0], free_port()
            )

    run_on(main)


def test_an_interface_that_comes_later_is_joined(
    run_on: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    loopback = multicast.socket.if_nameindex()

    async def main() -> None:
        present = [*loopback, (2_000_000_000, "gone")]
        monkeypatch.setattr(multicast.socket, "if_nameindex", lambda: present)
        port = await AsyncioNetwork(asyncio.get_running_loop()).join_group(
            lambda data, source: None, GROUPS[0], free_port()
        )
        assert port.send(b"x") == 1
        present.clear()
        assert port.send(b"x") == 0
        present.extend(loopback)
        assert port.send(b"x") == 1
        port.close()

    run_on(main)
