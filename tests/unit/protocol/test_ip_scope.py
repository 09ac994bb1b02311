import pytest

from shoal.protocol.ip_scope import Scope, scope_of


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
