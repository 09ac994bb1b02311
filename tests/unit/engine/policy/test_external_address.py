"""Our address, as others and our routers say."""

from shoal.engine.policy.external_address import ExternalAddress

OURS, WRONG = "203.0.114.7", "203.0.114.66"


def test_two_who_agree_are_believed_and_one_is_not() -> None:
    address = ExternalAddress()
    address.heard("45.1.1.1", OURS)
    assert address.host(4) == ""
    address.heard("45.1.1.2", OURS)
    assert address.host(4) == "", "neighbours have one voice"
    address.heard("46.1.1.1", OURS)
    assert address.host(4) == OURS
    assert address.host(6) == ""


def test_a_liar_and_his_network_do_not_outvote_the_others() -> None:
    address = ExternalAddress()
    for voter in ("45.1.1.1", "46.1.1.1", "47.1.1.1"):
        address.heard(voter, OURS)
    for number in range(50):
        address.heard(f"45.1.1.{number}", WRONG)
    assert address.host(4) == OURS


def test_a_router_is_believed_until_the_world_says_otherwise() -> None:
    address = ExternalAddress()
    address.router_says("192.168.1.1", WRONG)
    assert address.host(4) == WRONG
    for voter in ("45.1.1.1", "46.1.1.1"):
        address.heard(voter, OURS)
    assert address.host(4) == OURS
    address.forget()
    assert address.host(4) == ""


def test_a_router_without_a_public_address_is_behind_another_one() -> None:
    address = ExternalAddress()
    assert not address.is_behind_another
    address.router_says("192.168.1.1", "100.64.0.9")
    assert address.is_behind_another
    assert address.host(4) == ""
    address.router_says("192.168.1.1", OURS)
    assert not address.is_behind_another
    address.router_says("192.168.1.1", "")
    assert not address.is_behind_another


def test_nonsense_is_no_vote() -> None:
    address = ExternalAddress()
    for voter, host in (("45.1.1.1", "192.168.1.9"), ("46.1.1.1", "::1"), ("192.168.1.2", OURS)):
        address.heard(voter, host)
    assert (address.host(4), address.host(6)) == ("", "")
