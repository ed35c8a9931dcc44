"""The code in the kiosk screen's QR picture: whoever has it stands in front of it. It changes often."""

import time

from edge_agent.agent.people.signing_in import SigningIn
from edge_agent.members.codes import ChangingCode
from edge_agent.phrase import Phrase

_LASTS_S = 60.0


class Pairing:
    """Belongs to one event loop."""

    def __init__(self, signing_in: SigningIn) -> None:
        self._signing_in = signing_in
        self._code = ChangingCode(_LASTS_S)

    def code(self) -> str:
        return self._code.text(time.monotonic())

    async def check(self, code: str, address: str) -> None:
        """Raises `SignInError` for a wrong one, and for too many."""

        async def is_right() -> bool:
            return self._code.accepts(code, time.monotonic())

        words = Phrase("the code has changed meanwhile; scan the kiosk's screen again")
        await self._signing_in.desk.check_code("pairing", address, is_right, words)
