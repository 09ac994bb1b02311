"""What the translators get, and which words are found to have slipped past them."""

from __future__ import annotations

from pathlib import Path

import pytest

from translating.extraction import Message, extract, extract_schema


def one(source: str) -> Message:
    found = extract(source, "a.py")
    assert not found.faults
    (message,) = found.messages
    return message


def faults(source: str) -> list[str]:
    return [fault.text for fault in extract(source, "a.py").faults]


def test_a_sentence_is_found_with_its_place_and_what_translators_should_know() -> None:
    source = 'def f(x):\n    # Translators: of a file\n    return say("Hello {name}", about="greeting", name=x)\n'
    assert one(source) == Message("Hello {name}", "", "greeting", "a.py", 3, "of a file")


def test_both_sides_of_a_choice_are_messages() -> None:
    found = extract('def f(x):\n    return say("Yes" if x else "No")\n', "a.py").messages
    assert [message.one for message in found] == ["Yes", "No"]


def test_a_count_has_its_two_forms() -> None:
    message = one('def f(n):\n    return say_count(n, "{n} file", "{n} files")\n')
    assert (message.one, message.many) == ("{n} file", "{n} files")


def test_templates_of_tables_are_messages() -> None:
    source = 'NAMES = {1: phrase("Up"), 2: phrase("Down")}\nFILES = phrase_count("{n} file", "{n} files")\n'
    found = extract(source, "a.py")
    assert [message.one for message in found.messages] == ["Up", "Down", "{n} file"]
    assert not found.faults


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("def f(x):\n    return say(x)\n", "written right there"),
        ("def f(x):\n    return say(f'{x} files')\n", "written right there"),
        ("def f(x):\n    return say('a' + x)\n", "written right there"),
        ("def f(x):\n    return say_count(x, ONE, MANY)\n", "written right there"),
        ("NAME = say('Up')\n", "module is loaded"),
        ("class A:\n    NAME = say('Up')\n", "module is loaded"),
        ("def f(x=say('Up')):\n    pass\n", "module is loaded"),
        ("NAMES = [say(each) for each in PHRASES]\n", "module is loaded"),
        ("def f(x):\n    x.setText('Hello')\n", "nobody can translate"),
        ("def f(x):\n    return QLabel(f'{x} files', parent)\n", "nobody can translate"),
        ("def f(x):\n    x.setToolTip('Up' if x else say('Down'))\n", "nobody can translate"),
        ("def f(x):\n    return say('{a} left', a='nothing')\n", "words there need say"),
        ("NAMES = {1: 'the disk is full'}\n", "looks like words"),
        ("def f(x):\n    return f'{x} of these files'\n", "looks like words"),
    ],
)
def test_words_that_no_translation_would_reach_are_found(source: str, word: str) -> None:
    found = faults(source)
    assert found
    assert any(word in fault for fault in found)


@pytest.mark.parametrize(
    "source",
    [
        '"""What this is about."""\n',
        "def f(x):\n    log.warning('the disk is full: %s', x)\n",
        "def f(x):\n    raise ValueError('the disk is full')\n",
        "def f(x):\n    x.setText('')\n    x.setText('\u2013')\n    x.setObjectName('the name of it')\n",
        "def f(x):\n    x.setStyleSheet('color: red; font-weight: 600;')\n",
        "def f(x):\n    return say('{a}', a=table['the key of it'])\n",
        "def f(x):\n    return lambda: say('Up')\n",
        "NAMES = {'up': lambda: say('Up')}\n",
        "ENDINGS = 'mkv mp4 avi'  # not shown\n",
    ],
)
def test_what_nobody_is_shown_is_left_alone(source: str) -> None:
    assert faults(source) == []


def test_the_schema_of_settings_has_messages_too(tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text(
        "class Settings:\n"
        "    port: int = setting(0, 'Port', 'Where peers come in', Page.PEERS, zero='any')\n"
        "    theme: str = setting('light', 'Theme', 'How it looks', Page.LOOKS, choices=(Choice('light', 'Light'),))\n"
        "    state: str = kept('', 'Place of the window', words=('left', 'right'))\n",
        encoding="utf-8",
    )
    found = extract_schema(tmp_path, tmp_path)
    assert [message.one for message in found.messages] == [
        *("Port", "Where peers come in", "any"),
        *("Theme", "How it looks", "Light"),
    ]
