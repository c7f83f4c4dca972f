"""Counters of one process, in the text format of Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()
ANSWERS = Counter(
    "aap_answers_total", "Answers given.", ("mode", "status"), registry=REGISTRY
)  # fmt: skip
GENERATIONS = Counter(
    "aap_generations_total", "What came of asking the chat model.", ("outcome",), registry=REGISTRY
)
SENTENCES_KEPT = Counter(
    "aap_generated_sentences_kept_total", "Sentences of the chat model that were shown.",
    registry=REGISTRY,
)  # fmt: skip
SENTENCES_DROPPED = Counter(
    "aap_generated_sentences_dropped_total", "Sentences of the chat model that were not shown.",
    ("reason",), registry=REGISTRY,
)  # fmt: skip
TOKENS = Counter(
    "aap_chat_model_tokens_total", "Tokens, by the server's count or estimated.",
    ("direction",), registry=REGISTRY,
)  # fmt: skip
_SECONDS = (0.1, 0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 20, 30)
FIRST_TOKEN = Histogram(
    "aap_chat_model_first_token_seconds", "From the request to the first token.",
    buckets=_SECONDS, registry=REGISTRY,
)  # fmt: skip
DURATION = Histogram(
    "aap_chat_model_seconds", "From the request to the last token.",
    buckets=_SECONDS, registry=REGISTRY,
)  # fmt: skip
BREAKER = Gauge(
    "aap_chat_model_breaker_open", "1 while the chat model is left alone after failures.",
    registry=REGISTRY,
)  # fmt: skip


def exposition() -> bytes:
    """All counters as Prometheus reads them."""
    return generate_latest(REGISTRY)
