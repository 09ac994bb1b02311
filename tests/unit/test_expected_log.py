"""The watch over Shoal's log lines: an unexpected warning fails a test, an expected one must come."""

from __future__ import annotations

import logging

from tests.support.log_watch import LogWatch

logger = logging.getLogger("shoal.somewhere")


def test_expected_warning_passes(expect_log: LogWatch) -> None:
    expect_log("port 6881 .* busy")
    logger.warning("port %d is busy", 6881)
    assert expect_log.complaints() == []


def test_unexpected_warning_and_missing_one_are_complaints() -> None:
    watch = LogWatch()
    watch("never said")
    watch.emit(logging.LogRecord("shoal.somewhere", logging.ERROR, __file__, 1, "disk %s", ("gone",), None))
    assert watch.complaints() == [
        "unexpected ERROR of shoal.somewhere: disk gone",
        "expected a warning that matches 'never said', and none came",
    ]


def test_lines_below_warning_are_free(expect_log: LogWatch) -> None:
    logger.info("all is well")
    assert expect_log.records == []
