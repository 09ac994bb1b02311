"""Where peers come from, in one line."""

from __future__ import annotations

from shoal.api.details import SourceCount
from shoal.gui.style.source_sentences import sources_line


def test_every_source_has_its_words_and_its_numbers() -> None:
    counts = [SourceCount("tracker", 1200, 12), SourceCount("incoming", 2, 2), SourceCount("\u202enew", 1, 0)]
    line = sources_line(counts)
    assert line.startswith("Connected, by who named them: trackers: 12 of 1,200 \u00b7 came by themselves: 2 \u00b7 ")
    assert "\u202e" not in line
    for source in ("dht", "pex", "lsd", "user", "magnet", "resume"):
        assert source not in sources_line([SourceCount(source, 3, 1)]).replace("magnet link", "").replace("DHT", "")
    assert sources_line([]) == ""
