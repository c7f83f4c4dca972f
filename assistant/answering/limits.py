"""At least or at most: which limit a question asks for, and which one a passage states.

As with the two ends of a period (ends.py), embeddings hardly tell one from the other, and words decide.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from assistant.words import fold

if TYPE_CHECKING:
    from assistant.answering.question import Question

Limit = Literal["least", "most"]

# "Inférieur à", "dépasser" and the like state either limit, by whether they are denied: "ne peut être inférieur à".
_DENIED = r"(?:\bne |\bn'|\bpas |\bsans |\bnot |\bnever )[^.;:]{0,30}?\b"
_LEAST = re.compile(
    r"\b(?:au moins|au minimum|minim\w+|plancher\w*|mini|at least|not less than|no fewer than|al menos|como minimo|"
    rf"pelo menos|no minimo|mindest\w*|wenigstens|almeno)\b|{_DENIED}inferieure?s? a\b|الحد الادنى|على الاقل"
)
_MOST = re.compile(
    r"\b(?:au plus(?! t[oa]\w*)|au maximum|maxim\w+|plafon\w+|maxi|max|dans la limite|limitee?s? a|at most|up to|no more than|"
    r"como maximo|a lo sumo|no maximo|hochst\w*|maximal\w*|hochstens|al massimo)\b|"
    rf"{_DENIED}(?:depass\w+|exced\w+|exceed\w*|superieure?s? a)\b|الحد الاقصى|على الاكثر"
)


def limit_of(text: str) -> Limit | None:
    """The limit that ``text`` speaks of, None when it speaks of none or both."""
    folded = fold(text)
    least, most = bool(_LEAST.search(folded)), bool(_MOST.search(folded))
    return None if least == most else "least" if least else "most"


def limit_asked(question: Question) -> Limit | None:
    """The limit of a figure that a question asks for; None where it asks for a day."""
    when = "month" in question.kinds
    return limit_of(question.plain) if question.asked in ("fact", "open") and not when else None
