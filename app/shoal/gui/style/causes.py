"""Half sentences for a cause that is named inside a sentence, by its code."""

from __future__ import annotations

from shoal.gui.style.wording import Template, phrase

TRACKER_CAUSES: dict[str, Template] = {
    "unknown-host": phrase("its address is not known"),
    "unreachable": phrase("it cannot be reached, or refuses the connection"),
    "tls": phrase("its identity could not be proven (TLS)"),
    "http-status": phrase("it answered with an error"),
    "bad-reply": phrase("its answer made no sense"),
    "too-large": phrase("its answer was too large"),
    "redirect": phrase("it sends Shoal somewhere that may not be asked"),
    "refused-address": phrase("its address is one that may not be asked"),
    "bad-url": phrase("its address is not one of a tracker"),
}
"""Why a tracker cannot be asked."""
LIST_CAUSES: dict[str, Template] = {
    **TRACKER_CAUSES,
    "timeout": phrase("it did not answer in time"),
    "reset": phrase("it closed the connection early"),
    "bad-url": phrase("its address cannot be asked"),
    "no-ranges": phrase("no address that Shoal can read is in it"),
    "damaged": phrase("it is packed and damaged"),
    "too-large": phrase("it is larger than Shoal can hold"),
    "too-many": phrase("it has more ranges than Shoal can hold"),
}
"""Why a list of addresses did not come, or cannot be used."""
DISK_CAUSES: dict[str, Template] = {
    "disk-full": phrase("the disk is full"),
    "read-only": phrase("the disk can only be read"),
    "permission": phrase("you may not write there"),
    "missing": phrase("it is gone"),
    "folder-gone": phrase("it is gone"),
    "io-error": phrase("the disk reports an error"),
    "name-taken": phrase("something has that name there"),
    "name-too-long": phrase("a name is too long for that disk"),
    "not-a-file": phrase("something that is not a file lies there"),
    "is-symlink": phrase("a link lies there"),
    "outside-folder": phrase("a path leads out of it"),
    "files-changed": phrase("a file changed meanwhile"),
    "interrupted": phrase("it was broken off on the way"),
}
"""Why something could not be done with files."""
