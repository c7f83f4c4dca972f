"""What holds for the whole site: headers, and only those of Gradio's addresses that we mean."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from assistant.web import texts


@pytest.mark.parametrize("path", ["/", "/docs", "/healthz", "/nope", "/api/v1/calls"])
def test_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/upload", "/gradio_api/proxy=http://127.0.0.1/", "/gradio_api/file=/etc/passwd",
     "/gradio_api/vibe-code", "/gradio_api/runs", "/gradio_api/api/ask", "/gradio_api/call/ask",
     "/gradio_api/openapi.json", "/monitoring", "/login", "/gradio_api/../gradio_api/upload"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_gradio_brings_and_nobody_needs(client: TestClient, path: str, method: str) -> None:
    assert client.request(method, path).status_code == 404


def test_no_named_endpoint_of_the_chat(client: TestClient) -> None:
    assert client.get("/gradio_api/info").json()["named_endpoints"] == {}


def test_chat_page_is_ours(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "Numérique inclusif et responsable" in page.text
    assert client.get("/config").json()["analytics_enabled"] is False


def test_assets(client: TestClient) -> None:
    for name in ("site.css", "chat.css", "chat.js", "docs.js"):
        assert client.get(f"/static/assistant/{name}").status_code == 200
    assert client.get("/favicon.ico").headers["content-type"] == "image/svg+xml"
    assert client.get("/static/assistant/..%2fapp.py").status_code == 404


def test_both_languages_say_the_same_things() -> None:
    assert set(texts.texts("fr")) == set(texts.texts("en"))
    assert texts.texts("de") == texts.texts("en")


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "fr"), ("en", "en"), ("de", "fr"), ("fr;q=0.2, en;q=0.8", "en"), ("en;q=x", "fr"),
     ("en;q=0", "fr"), ("EN-us , fr", "en"), (";;,=;q", "fr")],
)  # fmt: skip
def test_preferred_language(header: str, language: str) -> None:
    assert texts.preferred_language(header) == language
