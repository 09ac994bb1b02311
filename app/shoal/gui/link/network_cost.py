"""Whether the network in use is metered: paid by what goes through it, as a telephone's often is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QNetworkInformation


class NetworkCost(Protocol):
    """What the desktop says of the network."""

    def watch(self, changed: Callable[[], None]) -> bool:
        """Call `changed` from now on when it has changed; False when this system cannot tell."""

    def is_metered(self) -> bool:
        """False while it is not known, too."""


class SystemNetworkCost(QObject):
    """Asked of the desktop by Qt; nothing is loaded before somebody wants to know."""

    def __init__(self) -> None:
        super().__init__()
        self._network: QNetworkInformation | None = None
        self._was_asked = False

    def watch(self, changed: Callable[[], None]) -> bool:
        if not self._was_asked:
            self._was_asked = True
            if QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Metered):
                self._network = QNetworkInformation.instance()
            if self._network is not None:
                self._network.isMeteredChanged.connect(changed)
        return self._network is not None

    def is_metered(self) -> bool:
        return self._network is not None and self._network.isMetered()
