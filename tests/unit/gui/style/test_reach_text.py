"""What is said of being reachable: what was seen comes before what the router says."""

from __future__ import annotations

import pytest

from shoal.api.snapshots import RouterRow, RouterState, SessionTotals
from shoal.gui.style.reach_text import reach_text

PORT = 51413
OPEN = RouterRow(RouterState.OPEN, 50_000, "UPnP", "192.168.1.1")


def told(router: RouterRow, **values: object) -> tuple[str, str, str]:
    text = reach_text(SessionTotals(listen_port=PORT, router=router, **values))  # type: ignore[arg-type]
    return text.words, text.hint, text.token


@pytest.mark.parametrize(
    ("router", "words", "token"),
    [
        (OPEN, "Router opened port 50000", "ink2"),
        (RouterRow(RouterState.OPEN, PORT, "PCP", "10.0.0.1", True), "Behind a second router", "warn"),
        (RouterRow(RouterState.ASKING), "Asking the router\u2026", "ink2"),
        (RouterRow(RouterState.SILENT), "Router does not answer", "warn"),
        (RouterRow(RouterState.REFUSED), "Router refused", "warn"),
        (RouterRow(RouterState.NONE), "Not known if reachable", "ink3"),
        (RouterRow(RouterState.OFF), "Not known if reachable", "ink3"),
    ],
)
def test_the_router_is_told_of_while_nobody_has_connected(router: RouterRow, words: str, token: str) -> None:
    said, hint, colour = told(router)
    assert (said, colour) == (words, token)
    assert str(router.port or PORT) in hint
    seen, why, good = told(router, has_incoming=True)
    assert (seen, good) == ("Reachable", "ok")
    assert "Others have connected to you on port 51413" in why


def test_a_way_out_is_named_where_the_router_does_not_help() -> None:
    for state in (RouterState.SILENT, RouterState.REFUSED):
        hint = told(RouterRow(state))[1]
        assert "pages of the router" in hint
        assert "TCP and UDP" in hint


def test_our_address_is_told_when_it_is_known() -> None:
    assert told(OPEN, external_host="203.0.114.7")[1].endswith("The world sees you at 203.0.114.7.")
    assert "192.168.1.1" in told(OPEN)[1]
    assert "UPnP" in told(OPEN)[1]


def test_without_a_port_nobody_can_connect() -> None:
    text = reach_text(SessionTotals(router=OPEN))
    assert (text.words, text.token) == ("Not listening", "warn")
