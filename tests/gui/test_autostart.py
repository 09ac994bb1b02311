"""The setting and the system are kept in step, and what the system refuses is said."""

from __future__ import annotations

from tests.gui.conftest import WindowRun, until

from shoal.gui.application import Application
from shoal.gui.desktop.autostart import LoginStartError, NoLoginStart
from shoal.gui.desktop.awake import NoInhibitor
from shoal.gui.desktop.services import Surroundings
from shoal.settings.interface_settings import InterfaceSettings


class FakeLogin:
    """`state` is None while nothing is started, else whether the window stays closed."""

    def __init__(self, state: bool | None = None) -> None:
        self.state = state
        self.written: list[bool] = []
        self.error: Exception | None = None

    def is_on(self) -> bool:
        return self.state is not None

    def set_on(self, *, hidden: bool) -> None:
        if self.error is not None:
            raise self.error
        self.written.append(hidden)
        self.state = hidden

    def set_off(self) -> None:
        if self.error is not None:
            raise self.error
        self.state = None


def around(login: FakeLogin | NoLoginStart) -> Surroundings:
    return Surroundings(lambda background, answered: None, lambda background: NoInhibitor(), login)


def test_the_setting_is_followed_at_once(run: WindowRun) -> None:
    login = FakeLogin()
    run.surroundings = around(login)

    async def story(application: Application) -> None:
        remember = application.memory.remember
        remember(start_at_login=True)
        await until(lambda: login.state is False)
        remember(start_hidden=True)
        await until(lambda: login.state is True)
        remember(start_at_login=False)
        await until(lambda: login.state is None)
        remember(start_hidden=False)
        await application.settings.change({"start_at_login": True})
        await until(lambda: login.state is False)

    run.play(story)
    assert login.written[:3] == [False, True, False]


def test_what_was_changed_in_the_system_is_found_at_the_start(run: WindowRun) -> None:
    for login, before in ((FakeLogin(None), True), (FakeLogin(False), False)):
        run.settings = InterfaceSettings(theme="light", start_at_login=before)
        run.surroundings = around(login)

        async def story(application: Application, expected: bool = not before) -> None:
            await until(lambda: application.memory.settings.start_at_login is expected)

        run.play(story)
        assert login.is_on() is not before


def test_a_copy_that_was_moved_writes_its_place_anew(run: WindowRun) -> None:
    login = FakeLogin(True)
    run.settings = InterfaceSettings(theme="light", start_at_login=True)
    run.surroundings = around(login)

    async def story(application: Application) -> None:
        await until(lambda: login.written == [False])

    run.play(story)
    assert login.state is False, "the window opens with it, as the setting says"
    assert login.written == [False], "once"


def test_a_refusal_is_said_and_the_setting_goes_back(run: WindowRun) -> None:
    login = FakeLogin()
    login.error = PermissionError(13, "Permission denied", "/home/me/.config/autostart")
    run.surroundings = around(login)

    async def story(application: Application) -> None:
        application.memory.remember(start_at_login=True)
        await until(lambda: not application.memory.settings.start_at_login)
        assert application.window.notices.accessibleName() == (
            "The start with the computer could not be changed: /home/me/.config/autostart (Permission denied)."
        )
        login.error = None
        application.memory.remember(start_at_login=True)
        await until(lambda: login.state is False)
        login.error = LoginStartError("It may not.")
        application.memory.remember(start_at_login=False)
        await until(lambda: application.memory.settings.start_at_login)

    run.play(story)


def test_a_system_that_starts_nothing_says_so(run: WindowRun) -> None:
    run.surroundings = around(NoLoginStart())

    async def story(application: Application) -> None:
        application.memory.remember(start_at_login=True)
        await until(lambda: not application.memory.settings.start_at_login)
        assert application.window.notices.accessibleName() == "This system starts no programs by itself."

    run.play(story)
