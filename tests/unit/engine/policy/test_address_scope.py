import pytest

from shoal.engine.policy.address_scope import is_believable
from shoal.runtime.world import Address


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
