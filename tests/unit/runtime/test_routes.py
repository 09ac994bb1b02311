"""The tables of routes, as each system prints them."""

from __future__ import annotations

import sys

import pytest

from shoal.runtime.routes import default_routes, own_hosts, parse_route_get, parse_routes4, parse_routes6

HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
LITTLE = pytest.mark.skipif(sys.byteorder != "little", reason="the samples are of a little-endian machine")


@LITTLE
def test_linux_routers_of_ipv4_by_metric() -> None:
    table = (
        HEAD
        + "wlan0\t00000000\t0102A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
        + "eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
        + "eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n"
        + "tun0\t00000000\t00000000\t0001\t0\t0\t50\t00000080\t0\t0\t0\n"
        + "down0\t00000000\t0103A8C0\t0002\t0\t0\t1\t00000000\t0\t0\t0\n"
        + "nonsense\nfew\t1\n"
    )
    assert parse_routes4(table) == ["192.168.1.1", "192.168.2.1"]


def test_linux_routers_of_ipv6() -> None:
    zeros, router = "0" * 32, "fe80000000000000" + "0000000000000001"
    table = (
        f"{zeros} 00 {zeros} 00 {router} 00000400 00000001 00000000 00000003     eth0\n"
        f"{zeros} 00 {zeros} 00 {'fd' + '0' * 29 + '1'} 00000100 00000001 00000000 00000003     eth1\n"
        f"{zeros} 00 {zeros} 00 {zeros} ffffffff 00000001 00000000 00200200       lo\n"
        f"fe80000000000000{'0' * 16} 40 {zeros} 00 {zeros} 00000100 00000001 00000000 00000001     eth0\n"
        "nonsense\n"
    )
    assert parse_routes6(table) == ["fd00::1", "fe80::1%eth0"]


@pytest.mark.parametrize(
    ("answer", "routers"),
    [
        ("   route to: default\n    gateway: 192.168.1.1\n  interface: en0\n", ["192.168.1.1"]),
        ("    gateway: fe80::1%en0\n", ["fe80::1%en0"]),
        ("  interface: utun3\n", []),
        ("    gateway: link#12\n", []),
        ("", []),
    ],
)
def test_what_route_prints(answer: str, routers: list[str]) -> None:
    assert parse_route_get(answer) == routers


def test_this_computer_can_be_asked_and_sends_nothing() -> None:
    hosts = own_hosts()
    assert len(hosts) <= 2
    for route in default_routes():
        assert route.local_host
        assert route.router != route.local_host
