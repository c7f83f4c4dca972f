"""What time it is, where the call's deadlines count; injectable so that tests can stop it."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]


def system_clock(timezone: str) -> Clock:
    """A clock that tells the time now in ``timezone`` (an IANA name)."""
    zone = ZoneInfo(timezone)
    return lambda: datetime.now(zone)


def stopped_clock(moment: datetime) -> Clock:
    """A clock that always tells ``moment``."""
    return lambda: moment
