from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from shoal.runtime import names
from shoal.runtime.names import NameResolver, numeric_address
from shoal.runtime.world import Address

SECONDS = 10.0


def answer(*hosts: str) -> list[tuple[Any, Any, int, str, Any]]:
    return [
        (socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 0)) for host in hosts
    ]


def resolver(lookup: Callable[..., Any]) -> NameResolver:
    return NameResolver(asyncio.get_running_loop(), lookup)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "fe80::1%3"])
async def test_numeric_hosts_ask_nobody(host: str) -> None:
    assert await resolver(lambda *a, **k: pytest.fail("asked")).resolve(host, 80) == [Address(host, 80)]


def test_numeric_address_writes_ipv6_the_short_way() -> None:
    assert numeric_address("2001:DB8:0:0::1", 5) == Address("2001:db8::1", 5)
    assert numeric_address("example.org", 5) is None


async def test_each_address_comes_once_in_the_systems_order() -> None:
    names_of = resolver(lambda *a, **k: answer("2001:db8::1", "192.0.2.1", "2001:db8::1", "192.0.2.2"))
    assert await names_of.resolve("example.org", 6969) == [
        Address("2001:db8::1", 6969),
        Address("192.0.2.1", 6969),
        Address("192.0.2.2", 6969),
    ]


async def test_an_unknown_name_raises_oserror() -> None:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with pytest.raises(OSError, match="unknown"):
        await resolver(fail).resolve("nowhere.invalid", 1)


async def test_localhost_is_found_on_a_machine_without_a_network() -> None:
    def lookup(host: str, port: None, *, type: int, flags: int = 0) -> Any:
        if flags & socket.AI_ADDRCONFIG:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return answer("127.0.0.1")

    assert await resolver(lookup).resolve("localhost", 1) == [Address("127.0.0.1", 1)]


async def test_a_name_without_internet_addresses_raises_oserror() -> None:
    with pytest.raises(OSError, match=r"."):
        await resolver(lambda *a, **k: []).resolve("example.org", 1)


@pytest.mark.parametrize("host", ["", "a" * 254, "a\0b", "a" * 70 + ".org", "\ud800.org", "..", "a..b"])
async def test_malformed_names_raise_oserror(host: str) -> None:
    with pytest.raises(OSError, match=r"."):
        await NameResolver(asyncio.get_running_loop()).resolve(host, 1)


async def test_simultaneous_lookups_of_one_name_share_a_thread() -> None:
    gate = threading.Event()
    asked: list[str] = []

    def lookup(host: str, *args: Any, **kwargs: Any) -> Any:
        asked.append(host)
        gate.wait(SECONDS)
        return answer("192.0.2.1")

    names_of = resolver(lookup)
    waiting = [asyncio.ensure_future(names_of.resolve("example.org", port)) for port in range(40)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    gate.set()
    results = await asyncio.gather(*waiting[1:])
    assert results == [[Address("192.0.2.1", port)] for port in range(1, 40)]
    assert asked == ["example.org"]


async def test_threads_are_bounded_even_when_callers_give_up() -> None:
    gate = threading.Event()
    asked: list[str] = []

    def lookup(host: str, *args: Any, **kwargs: Any) -> Any:
        asked.append(host)
        gate.wait(SECONDS)
        return answer("192.0.2.1")

    names_of = resolver(lookup)

    def ask(first: int) -> list[asyncio.Future[list[Address]]]:
        return [asyncio.ensure_future(names_of.resolve(f"host{n}.example", 1)) for n in range(first, first + 30)]

    given_up = ask(0)
    await asyncio.sleep(0)
    for future in given_up:
        future.cancel()
    waiting = ask(30)
    await asyncio.sleep(0)
    assert len(asked) <= names.MAX_LOOKUPS
    gate.set()
    async with asyncio.timeout(SECONDS):
        results = await asyncio.gather(*waiting)
    assert results == [[Address("192.0.2.1", 1)]] * 30


def test_a_lookup_that_ends_after_the_loop_is_harmless() -> None:
    gate = threading.Event()
    ended = threading.Event()

    def lookup(*args: Any, **kwargs: Any) -> Any:
        gate.wait(SECONDS)
        ended.set()
        return answer("192.0.2.1")

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(resolver(lookup).resolve("example.org", 1), 0.01)

    asyncio.run(give_up())
    gate.set()
    assert ended.wait(SECONDS)
    for thread in threading.enumerate():
        if thread.name == "shoal-names":
            thread.join(SECONDS)
            assert not thread.is_alive()


async def test_localhost_is_known_to_the_real_system() -> None:
    found = await NameResolver(asyncio.get_running_loop()).resolve("localhost", 80)
    assert found
    assert {address.host for address in found} <= {"127.0.0.1", "::1"}
