"""Why a source was not fetched.

    Failure
    ├── Refused        we don't take it: a private address, robots.txt, too large, the wrong kind …
    ├── Dead           the server says that there is nothing, or keeps failing
    └── Unreachable    nobody answered: it may be the network, here or there
        └── Broken     somebody did, but not to the end
"""


class Failure(Exception):
    """Root; the message says why in a few words."""


class Refused(Failure):
    """We don't take it."""


class Dead(Failure):
    """There is nothing to take."""


class Unreachable(Failure):
    """Nobody answered in time."""


class Broken(Unreachable):
    """An answer began and did not come whole."""
