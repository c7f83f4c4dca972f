"""Everything that can be set, from ``AAP_…`` variables; unknown names are refused."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from limits import parse as parse_rate
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from assistant.errors import ConfigurationError

PREFIX = "AAP_"
PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Settings of one process; every field is ``AAP_`` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    corpus_dir: Path = PROJECT / "corpus"
    data_dir: Path = PROJECT / ".data"
    cache_dir: Path = Path(platformdirs.user_cache_dir("aap"))
    call: str = "numerique-2024"
    embedder: str = "embedded"
    chroma_url: str | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    threads: int = Field(default=min(os.cpu_count() or 1, 4), ge=1, le=64)
    lock_timeout_s: float = Field(default=120.0, ge=0.0, le=3600.0)
    # The mail desk.
    database_url: SecretStr | None = None
    imap_host: str | None = None
    imap_port: int | None = Field(default=None, ge=1, le=65535)
    imap_user: str | None = None
    imap_password: SecretStr | None = None
    imap_token_command: str | None = None
    imap_security: Literal["tls", "starttls", "none"] = "tls"
    imap_ca_file: Path | None = None
    imap_folder: str = "INBOX"
    imap_drafts: str | None = None
    # Sending is off: replies go into Drafts, and the officer sends them.
    smtp_send: bool = False
    smtp_host: str | None = None
    smtp_port: int | None = Field(default=None, ge=1, le=65535)
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_security: Literal["tls", "starttls", "none"] = "starttls"
    smtp_ca_file: Path | None = None
    retention_days: int = Field(default=365, ge=1, le=3650)
    workers: int = Field(default=1, ge=1, le=64)
    origins: Annotated[tuple[str, ...], NoDecode] = ()
    rate_limit: str = "60/minute"
    rate_limit_url: str = "memory://"
    trusted_proxies: str = "127.0.0.1"
    answer_timeout_s: float = Field(default=30.0, ge=0.1, le=600.0)
    max_waiting: int = Field(default=100, ge=1, le=10_000)
    keep_days: int = Field(default=90, ge=1, le=3650)
    # For tests: lets 'aap corpus fetch' visit servers on this very machine.
    fetch_loopback: bool = False

    @field_validator("origins", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
        return value

    @field_validator("origins")
    @classmethod
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not re.fullmatch(r"https?://[a-z0-9.-]+(:\d{1,5})?", origin):
                raise ValueError(f"'{origin}' is not an origin such as https://www.example.org")
        return origins

    @field_validator("rate_limit")
    @classmethod
    def _is_rate(cls, rate: str) -> str:
        try:
            parse_rate(rate)
        except ValueError as error:
            raise ValueError(f"'{rate}' is not a rate such as 60/minute") from error
        return rate

    # The chat model; without a name there is none and answers are extractive.
    llm_model: str | None = None
    llm_base_url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    llm_api_key: SecretStr | None = None
    llm_api_key_file: Path | None = None
    llm_max_tokens: int = Field(default=400, ge=16, le=4_000)
    llm_context_tokens: int = Field(default=8_192, ge=1_024, le=2_000_000)
    llm_evidence: Literal["selected", "whole"] = "selected"
    llm_concurrency: int = Field(default=4, ge=1, le=256)
    llm_cooldown_s: float = Field(default=30.0, ge=0.1, le=3600.0)
    llm_tokens_per_day: int | None = Field(default=None, ge=1)
    llm_cost_per_day: float | None = Field(default=None, gt=0.0)
    llm_price_read: float = Field(default=0.0, ge=0.0)
    llm_price_written: float = Field(default=0.0, ge=0.0)
    answer_budget_s: float = Field(default=8.0, ge=0.2, le=120.0)


def load_settings() -> Settings:
    """Read the environment.

    Raises ConfigurationError naming the variable when one is unknown or has a wrong value.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise ConfigurationError(
            f"Unknown setting {', '.join(unknown)}. Known settings: {', '.join(sorted(known))}."
        )
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(
            f"{PREFIX}{'.'.join(map(str, item['loc'])).upper()}: {item['msg']}"
            for item in error.errors()
        )
        raise ConfigurationError(f"A setting has a wrong value: {problems}.") from error
