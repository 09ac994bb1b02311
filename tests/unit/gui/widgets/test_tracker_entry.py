"""Addresses of trackers as they are typed: taken when they are usable and new, and told what is wrong otherwise."""

from __future__ import annotations

from shoal.gui.widgets.tracker_entry import (
    parse_tiers,
    parse_trackers,
    tiers_text,
    wrong_with_tiers,
    wrong_with_trackers,
)


def test_only_usable_addresses_are_taken_each_once() -> None:
    assert parse_trackers("http://a.example\nnonsense\n http://a.example \n") == ("http://a.example",)


def test_the_first_wrong_line_is_named() -> None:
    assert wrong_with_trackers("http://a.example\nnonsense").startswith("Line 2 ")
    assert wrong_with_trackers("\n".join(f"http://a{n}.example" for n in range(201))) == "At most 200 trackers."
    assert wrong_with_trackers("") == ""


def test_what_the_transfer_has_is_not_added_again() -> None:
    known = {"http://a.example", "http://b.example"}
    assert wrong_with_trackers("http://a.example", known) == "It is in the list already."
    assert wrong_with_trackers("http://a.example\nhttp://b.example", known) == "They are all in the list already."
    assert wrong_with_trackers("http://a.example\nhttp://c.example", known) == ""
    assert parse_trackers("http://a.example\nhttp://c.example", known) == ("http://c.example",)


def test_tiers_as_text_and_back() -> None:
    tiers = (("udp://a.example:1", "http://b.example/announce"), ("udp://c.example:1",))
    assert parse_tiers(tiers_text(tiers)) == tiers
    assert parse_tiers("\n udp://a.example:1 \n\n\n \nudp://a.example:1\nudp://c.example:1\n") == (
        ("udp://a.example:1",),
        ("udp://c.example:1",),
    )
    assert parse_tiers("") == ()
    assert wrong_with_tiers("udp://a.example:1\n\nnonsense").startswith("Line 2")
    assert wrong_with_tiers("") == ""
