"""What can go wrong, named by what the caller can do about it.

Every message is one line that says what is wrong and what to do; the command line prints it as it is
and ends with status 2. Pages say it in their reader's language: what varies is not written into the message but given
beside it, as in `PermanentError("no exercise {key!r}", key=key)`.
"""

from edge_agent.phrase import Phrase


class EdgeError(Exception):
    """Any failure this program explains itself; never raised as such."""

    def __init__(self, message: str, /, **values: object) -> None:
        self.phrase = Phrase(message, **values) if values else Phrase.of(message)
        super().__init__(str(self.phrase))


class ConfigError(EdgeError):
    """Somebody must change a setting, a file or the machine; trying again does not help."""


class TemporaryError(EdgeError):
    """Trying again later may help: the network, a busy device, a full disk."""


class PermanentError(EdgeError):
    """This one thing can't be done at all; carry on without it."""


class ConflictError(PermanentError):
    """What was to be changed has changed meanwhile; look at it again."""
