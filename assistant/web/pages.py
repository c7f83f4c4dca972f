"""Pages, always escaped: everything put into them is untrusted text or ``Markup`` of ours."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from assistant.web.texts import texts

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _as_lines(text: str) -> Markup:
    """Text with its line breaks, and room where a tab separates the cells of a row."""
    lines = (escape(line.replace("\t", "\u2003")) for line in text.strip().splitlines())
    return Markup("<br>").join(lines)


def _dialled(phone: str) -> str:
    """A phone number as a tel: address has it."""
    return _NOT_DIALLED.sub("", phone)


def _moment(at: datetime, zone: str, shape: str = "%d/%m/%Y %H:%M") -> str:
    """A stored moment (UTC, with or without saying so) where the call's deadlines count."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(ZoneInfo(zone)).strftime(shape)


def _day(at: datetime, zone: str) -> str:
    """The day of a stored moment."""
    return _moment(at, zone, "%d/%m/%Y")


_NOT_DIALLED = re.compile(r"[^\d+]")
_ENVIRONMENT.filters["as_lines"] = _as_lines
_ENVIRONMENT.filters["dialled"] = _dialled
_ENVIRONMENT.filters["moment"] = _moment
_ENVIRONMENT.filters["day"] = _day


def render(template: str, language: str, **values: Any) -> str:
    """The HTML of ``template``, with the texts for ``language`` as ``t``."""
    page = _ENVIRONMENT.get_template(template)
    return page.render(t=texts(language), language=language, **values)
