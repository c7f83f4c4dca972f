"""Questions with known answers, as the YAML files under evals/questions hold them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from assistant.errors import CorpusError
from assistant.types import Turn

Expectation = Literal["answer", "partial", "abstain"]


def _text(value: object) -> object:
    """What YAML reads as a number or a date, but stands for a text (``id: 12``)."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _list(value: object) -> object:
    return [] if value is None else value


def _spellings(value: object) -> object:
    """A fact with one spelling may be written without its list."""
    return value if isinstance(value, list) else [value]


def _turn(value: object) -> object:
    """A message without the keys that a conversation does not use."""
    if not isinstance(value, Mapping):
        return value
    return {key: value[key] for key in ("role", "text") if key in value}


Text = Annotated[str, BeforeValidator(_text)]
Spellings = Annotated[list[Text], BeforeValidator(_spellings)]
Message = Annotated[Turn, BeforeValidator(_turn)]


class Case(BaseModel):
    """One question. Only ``id`` and ``question`` are required; unknown keys are ignored.

    ``facts`` are what a right answer must say, each with its accepted spellings; ``quotes`` are
    the passages that prove it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Text
    question: Text
    history: Annotated[list[Message], BeforeValidator(_list)] = []
    lang: str | None = None
    kind: str | None = None
    style: str | None = None
    split: str | None = None
    call: str | None = None
    expect: Expectation | None = None
    facts: Annotated[list[Spellings], BeforeValidator(_list)] = []
    quotes: Annotated[list[Text], BeforeValidator(_list)] = []

    @property
    def expected(self) -> Expectation | None:
        """What is expected; a case with facts or quotes and no ``expect`` wants an answer."""
        return self.expect or ("answer" if self.facts or self.quotes else None)

    @property
    def scored(self) -> bool:
        """Whether the case has gold; without it, it is only run."""
        return self.expected is not None


def load_cases(paths: Iterable[Path]) -> list[Case]:
    """Cases of all files, in order. Raises CorpusError naming the file and the item."""
    cases: list[Case] = []
    seen: dict[str, Path] = {}
    for path in paths:
        for number, item in enumerate(_items(path), start=1):
            case = _case(path, number, item)
            if case.id in seen:
                raise CorpusError(
                    f"{path}, item {number}: the id '{case.id}' is already used in "
                    f"{seen[case.id]}. Ids must differ."
                )
            seen[case.id] = path
            cases.append(case)
    return cases


def _items(path: Path) -> list[Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise CorpusError(f"{path} is missing.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} can't be read: {error}.") from error
    except (yaml.YAMLError, ValueError) as error:
        raise CorpusError(f"{path} is not valid YAML: {error}.") from error
    if not content:
        raise CorpusError(f"{path} holds no question. Write a list of {{id, question}}.")
    if not isinstance(content, list):
        raise CorpusError(
            f"{path} holds a {type(content).__name__}. Write a list of {{id, question}}."
        )
    return content


def _case(path: Path, number: int, item: object) -> Case:
    if not isinstance(item, Mapping):
        raise CorpusError(f"{path}, item {number}: '{item}' is not a mapping with id and question.")
    try:
        return Case.model_validate(item)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()
        )
        name = f"item {number} ({item['id']})" if item.get("id") is not None else f"item {number}"
        raise CorpusError(f"{path}, {name}: {problems}.") from error
