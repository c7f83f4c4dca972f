"""``/metrics``: counters for whoever watches the service."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from assistant.metrics import exposition

router = APIRouter()


@router.get("/metrics", include_in_schema=False)
def metrics() -> Response:
    """Counters in the text format of Prometheus; they name no question and no person."""
    return Response(exposition(), headers={"Content-Type": CONTENT_TYPE_LATEST})
