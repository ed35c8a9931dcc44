"""What can go wrong, named by what the caller can do about it.

Every message is one line that says what is wrong and what to do; the command line prints it as it is
and ends with status 2.
"""


class EdgeError(Exception):
    """Any failure this program explains itself; never raised as such."""


class ConfigError(EdgeError):
    """Somebody must change a setting, a file or the machine; trying again does not help."""


class TemporaryError(EdgeError):
    """Trying again later may help: the network, a busy device, a full disk."""


class PermanentError(EdgeError):
    """This one thing can't be done at all; carry on without it."""


class ConflictError(PermanentError):
    """What was to be changed has changed meanwhile; look at it again."""
