import pytest

from shoal.engine.policy.address_scope import Scope, is_believable, scope_of
from shoal.runtime.world import Address


@pytest.mark.parametrize(
    ("host", "scope"),
    [
        ("8.8.8.8", Scope.GLOBAL),
        ("2606:4700::1111", Scope.GLOBAL),
        ("127.0.0.1", Scope.LOOPBACK),
        ("127.9.9.9", Scope.LOOPBACK),
        ("::1", Scope.LOOPBACK),
        ("::ffff:127.0.0.1", Scope.LOOPBACK),
        ("::ffff:10.0.0.1", Scope.PRIVATE),
        ("169.254.1.1", Scope.LINK_LOCAL),
        ("fe80::1", Scope.LINK_LOCAL),
        ("10.1.2.3", Scope.PRIVATE),
        ("172.16.0.1", Scope.PRIVATE),
        ("192.168.0.1", Scope.PRIVATE),
        ("100.64.0.1", Scope.PRIVATE),
        ("fd00::1", Scope.PRIVATE),
        ("fec0::1", Scope.PRIVATE),
        ("0.0.0.0", None),
        ("0.1.2.3", None),
        ("::", None),
        ("224.0.0.1", None),
        ("ff02::1", None),
        ("255.255.255.255", None),
        ("240.0.0.1", None),
        ("::ffff:224.0.0.1", None),
        ("example.org", None),
        ("", None),
        ("127.1", None),
    ],
)
def test_scope(host: str, scope: Scope | None) -> None:
    assert scope_of(host) is scope


@pytest.mark.parametrize(
    ("host", "source", "expected"),
    [
        ("8.8.8.8", "9.9.9.9", True),
        ("8.8.8.8", "127.0.0.1", True),
        ("192.168.0.1", "9.9.9.9", False),
        ("192.168.0.1", "192.168.0.7", True),
        ("192.168.0.1", "127.0.0.1", True),
        ("127.0.0.1", "192.168.0.7", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("::1", "127.0.0.1", True),
        ("127.0.0.1", "9.9.9.9", False),
        ("169.254.1.1", "192.168.0.7", False),
        ("192.168.0.1", "not-numeric", False),
        ("192.168.0.1", None, True),
        ("224.0.0.1", None, False),
    ],
)
def test_narrow_addresses_need_a_source_as_narrow(host: str, source: str | None, expected: bool) -> None:
    assert is_believable(Address(host, 6881), source) is expected


@pytest.mark.parametrize(("port", "expected"), [(0, False), (1, True), (65_535, True), (65_536, False), (-1, False)])
def test_ports(port: int, expected: bool) -> None:
    assert is_believable(Address("8.8.8.8", port), None) is expected
