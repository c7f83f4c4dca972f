"""For whoever watches the process: is it up, can it answer."""

from __future__ import annotations

from fastapi import APIRouter

from assistant.web.deps import AssistantDep

router = APIRouter(tags=["operations"])


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", summary="Up?")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", summary="Ready?")
def readyz(assistant: AssistantDep) -> dict[str, str]:
    """What questions are answered with, or a problem (503) when they can't be."""
    return assistant.ready()
