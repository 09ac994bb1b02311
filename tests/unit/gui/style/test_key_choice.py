"""Keys that a person gives to actions: what is kept, what is refused, and what damage costs."""

from __future__ import annotations

import json

import pytest

from shoal.gui.style.key_choice import KeyEntry, keys_in_force, refusal, with_keys

START = KeyEntry("start", "Start", "Transfer", "Ctrl+S")
STOP = KeyEntry("stop", "Stop", "Transfer", "Ctrl+P")
NONE = KeyEntry("rename", "Rename", "Transfer", "")
REMOVE = KeyEntry("remove", "Remove", "Transfer", "Del", in_table=True)
ALL = (START, STOP, NONE, REMOVE)
DELIVERED = {entry.name: entry.default for entry in ALL}

pytestmark = pytest.mark.usefixtures("qapp")


def test_only_what_differs_is_kept_and_unknown_names_are() -> None:
    kept = with_keys(ALL, '{"of_tomorrow":"Ctrl+9"}', {"start": "F2", "stop": "", "rename": ""})
    assert json.loads(kept) == {"of_tomorrow": "Ctrl+9", "start": "F2", "stop": ""}
    assert keys_in_force(ALL, kept) == DELIVERED | {"start": "F2", "stop": ""}
    assert with_keys(ALL, '{"start":"F2"}', {"start": "Ctrl+S"}) == ""


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '"F2"', "null", "[" * 50_000])
def test_a_damaged_text_is_as_delivered(text: str) -> None:
    assert keys_in_force(ALL, text) == DELIVERED


@pytest.mark.parametrize("bad", [7, None, ["F2"], "no such key", "Ctrl+K, Ctrl+B", "Esc", "S", "Ctrl+", "Del"])
def test_a_bad_entry_loses_only_itself(bad: object) -> None:
    kept = json.dumps({"start": bad, "stop": "F3", "of_tomorrow": 1})
    assert keys_in_force(ALL, kept) == DELIVERED | {"stop": "F3"}


def test_the_same_keys_are_never_given_twice() -> None:
    assert keys_in_force(ALL, '{"rename":"Ctrl+S"}') == DELIVERED | {"rename": "Ctrl+S", "start": ""}
    assert keys_in_force(ALL, '{"rename":"F2","stop":"F2"}') == DELIVERED | {"rename": "", "stop": "F2"}
    swapped = '{"start":"Ctrl+P","stop":"Ctrl+S"}'
    assert keys_in_force(ALL, swapped) == DELIVERED | {"start": "Ctrl+P", "stop": "Ctrl+S"}


@pytest.mark.parametrize(
    "keys",
    [
        "Esc",
        "Tab",
        "Shift+Tab",
        "F6",
        "Shift+F6",
        "F10",
        "Shift+F10",
        "Menu",
        "Alt+F4",
        "Alt+F",
        "A",
        "Shift+A",
        "5",
        "/",
        "Num+4",
        "Up",
        "Shift+End",
        "PgUp",
        "Space",
        "Return",
        "Del",
        "Backspace",
    ],
)
def test_keys_that_are_needed_are_refused_in_words(keys: str) -> None:
    assert refusal(keys, START, {"f", "e"}).endswith(".")


@pytest.mark.parametrize(
    "keys", ["Ctrl+A", "Alt+W", "F2", "Shift+F2", "Ctrl+F6", "Ctrl+Up", "Alt+1", "Meta+A", "Ctrl+Del"]
)
def test_other_keys_are_free(keys: str) -> None:
    assert refusal(keys, START, {"f", "e"}) == ""


def test_some_keys_are_free_while_the_table_has_the_focus() -> None:
    assert refusal("Return", REMOVE) == ""
    assert refusal("Backspace", REMOVE) == ""
    assert refusal("Space", REMOVE) != ""
