"""What officers validated, as the triage looks it up: their words and their corrections."""

from __future__ import annotations

import numpy as np

from assistant.desk.corrections import Example, corrections, nearest
from assistant.desk.store import Store
from assistant.desk.wordings import wordings


class Memory:
    """What was validated for a call; read again from the store by ``refresh``."""

    def __init__(self, store: Store, call: str) -> None:
        self._store = store
        self._call = call
        self.refresh()

    def refresh(self) -> None:
        """Look at what was validated or withdrawn meanwhile."""
        self._wordings = {row.key: row.text for row in wordings(self._store, self._call)}
        self._corrections = corrections(self._store, self._call)

    def wording(self, key: str) -> str | None:
        """The officer's words for an answer."""
        return self._wordings.get(key)

    def example(self, vector: np.ndarray) -> Example | None:
        """The corrected mail that a mail of this ``vector`` is like."""
        return nearest(self._corrections, vector)
