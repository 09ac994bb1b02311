"""Watching Shoal's own log lines in a test: a warning that nobody expected is a failure."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field


@dataclass
class LogWatch(logging.Handler):
    """Collects warnings and worse of the `shoal` loggers; call it with a pattern to expect one."""

    records: list[logging.LogRecord] = field(default_factory=list)
    expected: list[re.Pattern[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(logging.WARNING)

    def __hash__(self) -> int:
        return id(self)

    def __call__(self, pattern: str) -> None:
        """Expect at least one warning or error whose text matches `pattern` (`re.search`) in this test."""
        self.expected.append(re.compile(pattern))

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def complaints(self) -> list[str]:
        """What is wrong with the lines so far: unexpected ones, and expected ones that never came."""
        texts = [record.getMessage() for record in self.records]
        unexpected = [
            f"unexpected {record.levelname} of {record.name}: {text}"
            for record, text in zip(self.records, texts, strict=True)
            if not any(pattern.search(text) for pattern in self.expected)
        ]
        unseen = [
            f"expected a warning that matches {pattern.pattern!r}, and none came"
            for pattern in self.expected
            if not any(pattern.search(text) for text in texts)
        ]
        return unexpected + unseen
