"""A stored run to compare with, and the gate that fails when a run is worse than it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import ConfigurationError
from evals.runner import replace_file

STORED = Path(__file__).with_name("baseline.json")
TOLERANCE = 0.01
"""How much a share may fall (one point, or two cases) before the gate fails."""

_LOWER_IS_BETTER = frozenset({"wrong_contact_or_date", "false_abstention"})
# They hang on the machine, or are no share of cases.
_NOT_GATED = frozenset({"words", "citations", "latency_p50_ms", "latency_p95_ms"})


class StoredFigure(BaseModel):
    """A headline figure: its value over ``n`` cases, None over none."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    value: float | None
    n: int


class StoredRun(BaseModel):
    """The headline of a run, with what was run."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    call: str
    split: str
    embedder: str
    model: str | None = None
    cases: int
    headline: dict[str, StoredFigure]

    def difference(self, name: str, figure: Mapping[str, Any]) -> float | None:
        """``figure`` (of a summary) minus the stored one; None where either was not measured."""
        before = self.headline.get(name)
        if before is None or before.value is None or figure["value"] is None:
            return None
        return float(figure["value"]) - before.value

    def fits(self, report: Mapping[str, Any]) -> bool:
        """Whether a summary is of the same call, split and models."""
        settings = report["settings"]
        return all(settings.get(name) == getattr(self, name) for name in _IDENTITY)


_IDENTITY = ("call", "split", "embedder", "model")


def store(report: Mapping[str, Any], path: Path = STORED) -> None:
    """Keep the headline of a summary. Raises ConfigurationError when there is nothing to keep."""
    if not report["scored"]:
        raise ConfigurationError("No question of this run has a known answer: there is nothing to store.")
    kept = {
        **{name: report["settings"].get(name) for name in _IDENTITY},
        "cases": report["cases"],
        "headline": {
            name: {"value": figure["value"], "n": figure["n"]}
            for name, figure in report["headline"].items()
        },
    }
    replace_file(path, json.dumps(kept, ensure_ascii=False, indent=1) + "\n")


def load_stored(path: Path = STORED) -> StoredRun:
    """The stored run. Raises ConfigurationError naming the file and the way out."""
    cure = "Make it again with 'aap eval --split dev --store'."
    try:
        return StoredRun.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigurationError(f"{path} is missing. {cure}") from error
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, problem['loc'])) or 'file'}: {problem['msg']}"
            for problem in error.errors()
        )
        raise ConfigurationError(f"{path} is no stored run ({wrong}). {cure}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} can't be read: {error}. {cure}") from error


def shortfalls(report: Mapping[str, Any], stored: StoredRun) -> list[str]:
    """Why a summary does not pass the gate; empty when it does.

    A share that is more than a point (and more than two cases) worse than the stored one, or that is
    not measured any more;
    and any wrong date or contact, whatever was stored. Raises ConfigurationError when the two
    runs are not of the same call, split and models.
    """
    if not stored.fits(report):
        theirs = ", ".join(f"{name} {getattr(stored, name) or 'none'}" for name in _IDENTITY)
        ours = ", ".join(f"{name} {report['settings'].get(name) or 'none'}" for name in _IDENTITY)
        raise ConfigurationError(
            f"The stored run is of another kind ({theirs}) than this one ({ours}): run the same, "
            f"or store this one with --store --stored FILE."
        )
    found = [f"wrong date or contact: {id_}" for id_ in report["wrong"]]
    for name, before in stored.headline.items():
        if name in _NOT_GATED or before.value is None:
            continue
        now = report["headline"].get(name, {"value": None, "n": 0})
        difference = stored.difference(name, now)
        if difference is None:
            found.append(f"{name}: not measured, {before.value:.1%} ({before.n}) stored")
            continue
        gain = -difference if name in _LOWER_IS_BETTER else difference
        # In a small group two cases are more than a point, and prove nothing: processors with other
        # instructions for integers give slightly different embeddings.
        if gain < -max(TOLERANCE, 2.0 / before.n) - 1e-9:
            found.append(
                f"{name}: {now['value']:.1%} ({now['n']}), {before.value:.1%} ({before.n}) stored"
            )
    return found
