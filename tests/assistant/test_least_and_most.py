"""At least and at most: what a passage says of the one is no answer about the other."""

from __future__ import annotations

import pytest

from assistant.answering.limits import limit_of


@pytest.mark.parametrize(("text", "limit"), [
    ("le groupe ne dépasse pas 30 élèves", "most"), ("âgés d'au moins 11 ans", "least"), ("nombre minimum d'élèves", "least"),
    ("maximum number of teachers", "most"), ("Höchstbetrag", "most"), ("مبلغ الحد الأدنى", "least"),
    ("entre 5 et 10 ans au plus, au moins 3", None), ("communes de moins de 5 000 habitants", None),
    ("les projets dépassant 30 000 euros", None), ("le montant ne peut être inférieur à 5 000 euros", "least"), ("au plus tôt le 3 mai", None), ("30 élèves", None),
])  # fmt: skip
def test_the_limit_that_a_text_speaks_of(text: str, limit: str | None) -> None:
    assert limit_of(text) == limit
