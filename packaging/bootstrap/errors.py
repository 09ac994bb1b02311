"""The one error of a start that cannot go on."""

from __future__ import annotations


class StartError(Exception):
    """Why Shoal cannot start, as a text for the person: what is missing and what to do."""
