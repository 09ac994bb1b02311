"""Files that a double click would run: Shoal never does that with what came from strangers."""

from __future__ import annotations

_SUFFIXES = (
    "exe msi msix msp com scr pif bat cmd ps1 psm1 vbs vbe js jse wsf wsh hta cpl reg lnk url inf gadget application",
    "appref-ms chm jar jnlp sh bash zsh csh fish run bin command tool workflow app pkg mpkg terminal",
    "py pyw pyc pyz pl rb php lua tcl desktop appimage flatpakref flatpak snap deb rpm apk xpi crx whl docm xlsm pptm",
)
_RUNNABLE = frozenset(suffix for line in _SUFFIXES for suffix in line.split())


def is_runnable(name: str) -> bool:
    """True when opening a file of this name may run it, install it or run what is inside."""
    stem, dot, suffix = name.rstrip(". ").rpartition(".")
    return bool(dot and stem) and suffix.lower() in _RUNNABLE
