"""How a call's collections are called."""

import hashlib


def collection_name(call: str, embedder: str) -> str:
    """Each embedder has collections of its own, so that vectors of two models never mix."""
    return f"{call}-{hashlib.sha256(embedder.encode()).hexdigest()[:8]}"
