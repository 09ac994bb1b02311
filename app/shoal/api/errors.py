"""What a front end may have to say to a person: a code and its parameters, never prose."""

from __future__ import annotations

from dataclasses import dataclass, field

from shoal.protocol.errors import ShoalError


@dataclass(frozen=True, slots=True)
class Reason:
    """A state's or alert's cause. `code` is stable (`disk-full`); `params` fill the sentence that front ends write."""

    code: str
    params: dict[str, str | int | float] = field(default_factory=dict)


class UserError(ShoalError):
    """A command that cannot be done; only gui/ and cli/ turn it into a sentence."""

    def __init__(self, code: str, **params: str | int | float) -> None:
        super().__init__(f"{code} {params}" if params else code)
        self.reason = Reason(code, params)

    @property
    def code(self) -> str:
        return self.reason.code
