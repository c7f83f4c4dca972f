"""Officers and their passwords (argon2); a name is locked for a while after repeated failures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select

from assistant.desk.store import Store
from assistant.desk.tables import User
from assistant.errors import ConfigurationError

MAX_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
MIN_LENGTH = 12
_HASHER = PasswordHasher()
# Verified when the name is unknown, so that the time does not tell which names exist.
_NOBODY = _HASHER.hash("nobody has this password")


def add_user(store: Store, name: str, password: str) -> None:
    """Create an officer or change the password. Raises ConfigurationError saying what is wrong."""
    name = name.strip()
    if not name or len(name) > 80 or not name.isprintable():
        raise ConfigurationError("A name has 1 to 80 printable characters.")
    if len(password) < MIN_LENGTH:
        raise ConfigurationError(f"A password has at least {MIN_LENGTH} characters.")
    with store.session() as session:
        session.merge(User(name=name, password=_HASHER.hash(password), failures=0, locked_until=None))


def check_password(store: Store, name: str, password: str, now: datetime | None = None) -> bool:
    """Whether ``name`` may come in with ``password``; failures are counted."""
    now = now or datetime.now(UTC)
    with store.session() as session:
        user = session.get(User, name.strip()[:80], with_for_update=True)
        if user is None:
            _verified(_NOBODY, password)
            return False
        locked = user.locked_until
        if locked is not None and locked.replace(tzinfo=locked.tzinfo or UTC) > now:
            return False
        if _verified(user.password, password):
            user.failures, user.locked_until = 0, None
            return True
        user.failures += 1
        if user.failures >= MAX_FAILURES:
            user.failures, user.locked_until = 0, now + LOCKED_FOR
        return False


def exists(store: Store, name: str) -> bool:
    """Whether an officer of this name may still come in."""
    with store.session() as session:
        return session.get(User, name) is not None


def officers(store: Store) -> list[str]:
    """All officers' names."""
    with store.session() as session:
        return list(session.scalars(select(User.name).order_by(User.name)))


def _verified(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password[:1_000])
    except (VerifyMismatchError, InvalidHashError):
        return False
