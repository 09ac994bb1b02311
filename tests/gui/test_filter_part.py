"""The Configuration's block on addresses that are shut out: how the list is, in words, and what can be done."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication
from tests.gui.conftest import WindowRun, until

from shoal.api.commands import CancelIpFilter, ChangeSettings, UpdateIpFilter
from shoal.api.errors import Reason
from shoal.api.snapshots import IpFilterState, IpFilterStep, SessionTotals
from shoal.gui.application import Application
from shoal.gui.preferences.editors import FileEditor
from shoal.gui.style.filter_sentences import filter_line, filter_problem
from shoal.gui.window.filter_part import FilterPart
from shoal.settings.schema import Page

NOW = 1_790_000_000.0
READY = IpFilterState("/a.dat", IpFilterStep.READY, ranges=312_044, unreadable=17, updated_at=NOW)


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (IpFilterState(), "No IP filter list is in use."),
        (READY, "312,044 ranges, updated today; 17 lines could not be read"),
        (
            replace(READY, unreadable=1, updated_at=NOW - 86_400),
            "312,044 ranges, updated yesterday; 1 line could not be read",
        ),
        (replace(READY, unreadable=0, ranges=1, updated_at=NOW - 864_000), "1 range, updated on 11 Sep 2026"),
        (replace(READY, ranges=0), "No IP filter list is in force."),
        (replace(READY, step=IpFilterStep.FETCHING), "The IP filter list is being fetched\u2026"),
        (replace(READY, step=IpFilterStep.READING, progress=0.34), "The IP filter list is being read: 34.0 %"),
    ],
)
def test_the_list_in_one_line(qapp: QApplication, state: IpFilterState, line: str) -> None:
    assert filter_line(state, NOW) == line


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (Reason("ip-filter-missing", {"path": "/a.dat"}), "There is no IP filter list"),
        (Reason("ip-filter-unreadable", {"path": "/a.dat", "detail": "Permission denied"}), "Permission denied"),
        (Reason("ip-filter-fetch", {"host": "lists.example", "cause": "timeout"}), "it did not answer in time"),
        (Reason("ip-filter-fetch", {"host": "lists.example", "cause": "http-status", "status": 404}), "with an error"),
        (Reason("ip-filter-unusable", {"source": "/a.dat", "cause": "no-ranges"}), "no address that Shoal can read"),
        (Reason("ip-filter-cancelled"), "not read to its end"),
    ],
)
def test_what_went_wrong_is_said_in_words(qapp: QApplication, problem: Reason, words: str) -> None:
    assert words in filter_problem(replace(READY, problem=problem))
    assert filter_problem(READY) == ""


def test_the_page_follows_the_list_and_asks_for_it(run: WindowRun) -> None:
    run.client.settings |= {"banned_hosts": "192.0.2.2"}

    async def story(application: Application) -> None:
        configuration = application.window.configuring.open(Page.PEERS, "ip_filter")
        part = configuration.findChild(FilterPart)
        assert part is not None
        assert part.line.text() == "No IP filter list is in use."
        assert not part.update_button.isEnabled()
        row = configuration.pages[Page.PEERS].rows["ip_filter"]
        editor = row.editor
        assert isinstance(editor, FileEditor)
        editor._chosen("/a.dat")
        await until(lambda: ChangeSettings((("ip_filter", "/a.dat"),)) in run.client.commands)
        editor.edit.setText("ftp://lists.example/a")
        editor.edit.setModified(True)
        editor.edit.editingFinished.emit()
        assert "http(s)" in editor.edit.accessibleDescription()
        busy = replace(READY, step=IpFilterStep.READING, progress=0.5)
        run.client.push(totals=SessionTotals(ip_filter=busy))
        await until(part.cancel_button.isVisible)
        assert not part.update_button.isVisible()
        part.cancel_button.click()
        await until(lambda: CancelIpFilter() in run.client.commands)
        cancelled = replace(READY, problem=Reason("ip-filter-cancelled"))
        run.client.push(totals=SessionTotals(ip_filter=cancelled))
        await until(part.problem.isVisible)
        part.update_button.click()
        await until(lambda: UpdateIpFilter() in run.client.commands)
        run.client.push(totals=SessionTotals(ip_filter=READY))
        await until(lambda: not part.problem.isVisible())
        configuration.close()

    run.play(story)
