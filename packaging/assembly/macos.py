"""The macOS bundle's Info.plist: what Shoal opens, and under which name.

Apple's keys: Information Property List, CFBundleDocumentTypes, CFBundleURLTypes, UTImportedTypeDeclarations.
"""

from __future__ import annotations

import plistlib
from pathlib import Path
from typing import TypeAlias

from assembly.places import BUILD, ID, VERSION

IDENTIFIER = ID
TORRENT_TYPE = "org.bittorrent.torrent"
Plist: TypeAlias = "str | bool | list[Plist] | dict[str, Plist]"


def info_plist() -> dict[str, Plist]:
    """The keys of Shoal.app's Info.plist."""
    return {
        "CFBundleIdentifier": IDENTIFIER,
        "CFBundleName": "Shoal",
        "CFBundleDisplayName": "Shoal",
        "CFBundleExecutable": "shoal",
        "CFBundleIconFile": "shoal.icns",
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": VERSION,
        "CFBundleVersion": VERSION,
        "CFBundleInfoDictionaryVersion": "6.0",
        "LSApplicationCategoryType": "public.app-category.utilities",
        "LSMinimumSystemVersion": "12.0",
        # PyInstaller takes a program that also works in a terminal for one without a window.
        "LSBackgroundOnly": False,
        "NSHighResolutionCapable": True,
        "NSRequiresAquaSystemAppearance": False,
        "NSHumanReadableCopyright": "MIT licence, the Shoal developers",
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "BitTorrent file",
                "CFBundleTypeRole": "Viewer",
                "CFBundleTypeIconFile": "shoal.icns",
                "LSHandlerRank": "Default",
                "LSItemContentTypes": [TORRENT_TYPE],
            }
        ],
        "UTImportedTypeDeclarations": [
            {
                "UTTypeIdentifier": TORRENT_TYPE,
                "UTTypeDescription": "BitTorrent file",
                "UTTypeConformsTo": ["public.data"],
                "UTTypeTagSpecification": {
                    "public.filename-extension": ["torrent"],
                    "public.mime-type": ["application/x-bittorrent"],
                },
            }
        ],
        "CFBundleURLTypes": [
            {
                "CFBundleURLName": "Magnet link",
                "CFBundleTypeRole": "Viewer",
                "CFBundleURLSchemes": ["magnet"],
            }
        ],
    }


def make() -> Path:
    """Write Info.plist (on a Mac, `bundle` puts the same into Shoal.app); returns it."""
    place = BUILD / "macos" / "Info.plist"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(plistlib.dumps(info_plist()))
    return place
