"""For each setting a value that it may have and that is not its default."""

from __future__ import annotations

from shoal.settings.schema import Form, Setting, Value

TEXTS = {
    Form.HOURS: "22:00-07:00",
    Form.JSON: '{"a":1}',
    Form.FOLDER: "/some/folder",
    Form.FILE: "/some/file.mmdb",
    Form.SOURCE: "https://lists.example/one.gz",
    Form.LANGUAGE: "de",
    Form.ADDRESS: "10.8.0.2",
    Form.TRACKERS: "udp://tracker.example:6969 https://other.example/announce",
    Form.WEB_ADDRESS: "https://lists.example/trackers.txt",
    Form.BASE64: "QUJD",
}


def other_value(entry: Setting) -> Value:
    """A valid value that is not the default."""
    if isinstance(entry.default, bool):
        return not entry.default
    if entry.choices:
        return next(choice.value for choice in entry.choices if choice.value != entry.default)
    if isinstance(entry.default, str):
        return TEXTS.get(entry.form, "some")
    return entry.default + 1
