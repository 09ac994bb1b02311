"""A copied link is offered once, quietly, and not at all when that was switched off."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtTest import QTest
from tests.gui.conftest import WindowRun

from shoal.gui.application import Application
from shoal.gui.window.clipboard_offer import ClipboardOffer, copied_link

MAGNET = "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a&dn=x"


@pytest.fixture(autouse=True)
def _copied_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QClipboard, "ownsClipboard", lambda clipboard: False)


@pytest.mark.parametrize(
    ("text", "is_offered"),
    [
        (MAGNET, True),
        (f"  {MAGNET}\n", True),
        ("https://example.org/a%20b.torrent?key=1", True),
        ("HTTPS://example.org/A.TORRENT", True),
        ("https://example.org/page.html", False),
        ("magnet:?dn=nothing", False),
        (f"look: {MAGNET}", False),
        (f"{MAGNET}\n{MAGNET}", False),
        ("/home/me/a.torrent", False),
        ("http://[broken.torrent", False),
        ("", False),
        ("magnet:?xt=urn:btih:" + "a" * 100_000, False),
    ],
)
def test_only_a_link_that_stands_alone_is_offered(text: str, is_offered: bool) -> None:
    assert (copied_link(text) is not None) is is_offered


def copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def offer_of(application: Application) -> ClipboardOffer:
    found = application.window.findChild(ClipboardOffer)
    assert isinstance(found, ClipboardOffer)
    return found


def test_offered_once_and_added_as_by_pasting(run: WindowRun, monkeypatch: pytest.MonkeyPatch) -> None:
    added: list[str] = []

    async def story(application: Application) -> None:
        bar, offer = application.window.offers, offer_of(application)
        monkeypatch.setattr(offer, "_add", added.extend)
        copy("just words")
        offer.look()
        assert not bar.isVisible()
        copy(MAGNET)
        offer._on_state(Qt.ApplicationState.ApplicationInactive)
        assert not bar.isVisible()
        offer._on_state(Qt.ApplicationState.ApplicationActive)
        assert bar.isVisible()
        assert bar.accessibleName() == "Add the magnet link you copied?"
        bar.add.click()
        assert added == [MAGNET]
        assert not bar.isVisible()
        copy(MAGNET)
        offer.look()
        assert not bar.isVisible()
        copy("https://tracker.example/dl/x.torrent?passkey=secret")
        offer.look()
        assert "tracker.example" in bar.accessibleName()
        assert "secret" not in bar.accessibleName()
        QTest.keyClick(bar, Qt.Key.Key_Escape)
        assert not bar.isVisible()
        assert added == [MAGNET]

    assert run.play(story) == 0
    assert "secret" not in run.saved[-1].last_offer


def test_not_again_after_a_restart_nor_when_it_is_switched_off(run: WindowRun) -> None:
    async def first(application: Application) -> None:
        copy(MAGNET)
        offer_of(application).look()
        assert application.window.offers.isVisible()
        application.window.offers.never.click()
        assert not application.memory.settings.offer_clipboard
        copy(MAGNET + "2")
        offer_of(application).look()
        assert not application.window.offers.isVisible()

    assert run.play(first) == 0
    run.settings = replace(run.saved[-1], offer_clipboard=True)

    async def second(application: Application) -> None:
        copy(MAGNET)
        offer_of(application).look()
        assert not application.window.offers.isVisible()

    assert run.play(second) == 0
