"""`--interface` means what this machine has, and fails closed."""

from __future__ import annotations

import socket
import sys

import pytest

from shoal.api.errors import UserError
from shoal.launch.interfaces import local_addresses


def test_address_of_this_machine_stands_for_itself() -> None:
    assert local_addresses("127.0.0.1") == ("127.0.0.1",)


@pytest.mark.parametrize("interface", ["192.0.2.7", "0.0.0.0", "::", "2001:db8::7", "no-such", "", "lo\0", "../lo"])
def test_what_is_not_here_is_refused(interface: str) -> None:
    with pytest.raises(UserError, match="interface-missing"):
        local_addresses(interface)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names are resolved on Linux only")
def test_name_gives_its_addresses_ipv4_first() -> None:
    assert "lo" in {name for _, name in socket.if_nameindex()}
    addresses = local_addresses("lo")
    assert addresses[0] == "127.0.0.1"
    assert set(addresses[1:]) <= {"::1"}
