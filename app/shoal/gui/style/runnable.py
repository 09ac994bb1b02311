"""What a double click could run, told by its name alone: Shoal never opens that, for it came from strangers."""

from __future__ import annotations

from pathlib import PurePath

_ENDINGS = """
action air apk app appimage application appref-ms bash bat bin bundle chm cmd com command cpl crx csh deb desktop docm
elf exe fish flatpak flatpakref gadget hta inf ins ipa jar jnlp js jse ksh lnk lua mpkg msc msi msix msp mst osx out php
pif pkg pl pptm ps1 ps1xml ps2 psc1 psm1 py pyc pyw pyz rb reg rpm run scf scpt scr sct sh shb shs snap sys tcl terminal
tool url vb vbe vbs webloc whl wine workflow ws wsc wsf wsh xbe xlsm xpi zsh
"""
PROGRAMS = frozenset(_ENDINGS.split())
"""Endings of what a double-click could run."""


def is_runnable(name: str, *, is_folder: bool = False) -> bool:
    """True when opening `name` (a path, with either slash) could start, install or run something.

    A file without an ending may be anything; a folder may be called as it likes, unless its ending makes it a bundle.
    """
    name = PurePath(name.replace("\\", "/")).name.rstrip(". ")
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    return suffix in PROGRAMS or (not suffix and not is_folder)
