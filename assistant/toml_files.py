"""Files in TOML that people write: what is wrong with one is said in words, with the way out."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from assistant.errors import CorpusError

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_EXPECTED = {
    "string_type": "it must be a text in quotation marks",
    "list_type": "it must be a list in square brackets",
    "dict_type": "it must be a table",
    "model_type": "it must be a table",
    "model_attributes_type": "it must be a table",
    "missing": "this key is missing",
    "too_short": "at least one is needed",
}


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file. Raises CorpusError naming the file and what is wrong."""
    try:
        data = path.read_bytes()
        return tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except FileNotFoundError as error:
        raise CorpusError(f"{path} is missing.") from error
    except OSError as error:
        raise CorpusError(f"{path} can't be read ({error.strerror}): check its permissions.") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        where = "" if data.startswith(_UTF_16) else f" (line {line})"
        raise CorpusError(
            f"{path} is not saved as UTF-8{where}: open it in an editor, choose « Save as » with the "
            f"encoding UTF-8, and try again."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise CorpusError(f"{path} is not valid TOML: {error}.") from error


def in_words(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """What is wrong with a table, one sentence a key, each behind the key's path."""
    found: list[str] = []
    for item in error.errors():
        where = ".".join(map(str, item["loc"]))
        context = item.get("ctx", {})
        if item["type"] == "extra_forbidden":
            known = _keys(model, item["loc"][:-1])
            said = f"this key is unknown{_nearest(str(item['loc'][-1]), known)}; known keys: {', '.join(known)}"
        elif item["type"] == "value_error":
            said = str(context["error"])
        elif item["type"] == "literal_error":
            expected = context["expected"].replace("'", '"')
            said = f"'{item['input']}' is not known; write {expected}"
        else:
            said = _EXPECTED.get(item["type"], item["msg"])
        found.append(f"{where}: {said}" if where else said)
    return found


def unknown_tables(tables: dict[str, Any], known: tuple[str, ...]) -> list[str]:
    """A sentence for each key on the top level that means nothing, or is no list of tables."""
    found = []
    for key, value in tables.items():
        if key not in known:
            listed = " and ".join(f"[[{name}]]" for name in known)
            found.append(f"'{key}' means nothing here{_nearest(key, list(known))}; what it may hold is {listed}")
        elif not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            found.append(f"'{key}' is a list of tables: write [[{key}]], with two brackets, above each")
    return found


def _nearest(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, n=1)
    return f" (did you mean '{near[0]}'?)" if near else ""


def _keys(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """The keys that the table at ``path`` may have."""
    for part in path:
        if isinstance(part, str) and part in model.model_fields:
            kind = model.model_fields[part].annotation
            kinds = [k for k in (kind, *get_args(kind)) if isinstance(k, type) and issubclass(k, BaseModel)]
            model = kinds[0] if kinds else model
    return list(model.model_fields)
