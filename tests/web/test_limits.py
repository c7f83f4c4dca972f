"""What a client may do, and how often; what happens when there is too much of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from assistant.answering.assistant import Assistant
from assistant.answering.events import Done
from assistant.answering.index import CallIndex
from assistant.settings import Settings
from assistant.types import Answer
from assistant.web.answers import Answers
from assistant.web.store import Store
from tests.web.helpers import build_site

ANSWERS = "/api/v1/answers"
QUESTION = {"question": "Jusqu'à quand peut-on candidater ?"}


class Watched:
    """The real assistant, counted and, while ``gate`` is closed, kept waiting."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self.calls = assistant.calls
        self.writes = assistant.writes
        self.default_call = assistant.default_call
        self.sources = assistant.sources
        self.asked = 0
        self.version = 1
        self.later = timedelta()
        self.gate = threading.Event()
        self.gate.set()

    def index(self, call: str) -> CallIndex:
        index = self._assistant.index(call)
        copy = CallIndex.__new__(CallIndex)
        copy.__dict__.update(index.__dict__, version=self.version)
        return copy

    def now(self, call: str) -> datetime:
        return self._assistant.now(call) + self.later

    def ask(self, *args: object, **options: object) -> Answer:
        self.asked += 1
        self.gate.wait(60)
        return self._assistant.ask(*args, **options)  # type: ignore[arg-type]

    def ready(self) -> dict[str, str]:
        return self._assistant.ready()


@pytest.fixture
def watched(assistant: Assistant) -> Watched:
    return Watched(assistant)


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Callable[..., Settings]:
    """The settings with a database of the test's own."""

    def make(**changes: object) -> Settings:
        url = f"sqlite:///{tmp_path / 'web.sqlite'}"
        return settings.model_copy(update={"database_url": SecretStr(url), **changes})

    return make


@contextmanager
def served(watched: Watched, settings: Settings, client: str = "203.0.113.5") -> Iterator[TestClient]:
    site = build_site(watched, settings)  # type: ignore[arg-type]
    with TestClient(site, raise_server_exceptions=False, client=(client, 50_000)) as made:
        yield made


def test_too_often(watched: Watched, own: Callable[..., Settings]) -> None:
    with served(watched, own(rate_limit="3/hour")) as client:
        for _ in range(3):
            assert client.post(ANSWERS, json=QUESTION).status_code == 200
        refused = client.post(ANSWERS, json=QUESTION)
        assert refused.status_code == 429 and int(refused.headers["retry-after"]) > 0
        assert refused.json()["type"] == "urn:aap:problem:429"
        assert client.get("/api/v1/search", params={"q": "date"}).status_code == 429
        assert client.get("/api/v1/calls").status_code == 200
    with served(watched, own(rate_limit="1/hour"), client="127.0.0.1") as here:
        assert [here.post(ANSWERS, json=QUESTION).status_code for _ in range(3)] == [200] * 3


def test_a_counter_out_of_reach_stops_nobody(
    watched: Watched, own: Callable[..., Settings]
) -> None:
    away = own(rate_limit="1/hour", rate_limit_url="redis://127.0.0.1:1")
    with served(watched, away) as client:
        assert [client.post(ANSWERS, json=QUESTION).status_code for _ in range(2)] == [200] * 2


def test_the_surplus_is_refused_at_once(watched: Watched, own: Callable[..., Settings]) -> None:
    watched.gate.clear()
    with (
        served(watched, own(threads=1, max_waiting=1)) as client,
        ThreadPoolExecutor(3) as pool,
    ):
        questions = [{"question": f"Date de clôture {n} ?"} for n in range(3)]
        jobs = [pool.submit(client.post, ANSWERS, json=body) for body in questions]
        refused = next(as_completed(jobs, timeout=50)).result()  # the two others wait at the gate
        assert refused.status_code == 503 and refused.headers["retry-after"]
        assert refused.json()["type"] == "urn:aap:problem:busy"
        watched.gate.set()
        assert sorted(job.result().status_code for job in jobs) == [200, 200, 503]


def test_slow_answers_are_given_up(watched: Watched, own: Callable[..., Settings]) -> None:
    watched.gate.clear()
    with served(watched, own(answer_timeout_s=0.2)) as client:
        slow = client.post(ANSWERS, json=QUESTION)
        assert slow.status_code == 503 and slow.json()["type"] == "urn:aap:problem:slow"
        events = client.post(ANSWERS, json=QUESTION, headers={"Accept": "text/event-stream"})
        assert "event: problem" in events.text and "slow" in events.text
        watched.gate.set()


def test_the_cache_knows_the_index_and_the_day(
    watched: Watched, own: Callable[..., Settings]
) -> None:
    settings = own()
    answers = Answers(watched, Store(settings), settings)  # type: ignore[arg-type]

    def ask(*said: object) -> Answer:
        *_, done = answers.follow(*said)  # type: ignore[arg-type]
        assert isinstance(done, Done)
        return done.answer

    first = ask("Date de clôture ?")
    assert ask("Date de clôture ?") == first and watched.asked == 1
    watched.later = timedelta(days=1)
    ask("Date de clôture ?")
    assert watched.asked == 2
    watched.version = 2
    ask("Date de clôture ?")
    assert watched.asked == 3
    ask("Date de clôture ?", [], "numerique-2024")
    assert watched.asked == 3
    answers.close()


def test_old_answers_are_forgotten(
    watched: Watched, own: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = own(keep_days=10)
    answer = watched.ask("Date de clôture ?")
    store = Store(settings)
    store.remember(answer)
    assert store.add_feedback(answer.id, "helped", (), "") == 1
    assert store.answer(answer.id) == answer
    later = datetime.now() + timedelta(days=11)
    monkeypatch.setattr("assistant.web.store._now", lambda: later)
    store.remember(answer.model_copy(update={"id": "other"}))
    assert store.answer(answer.id) is None and store.answer("other") is not None
    store.close()


def test_one_claim_at_a_time(own: Callable[..., Settings]) -> None:
    store = Store(own())
    assert store.claim("k", "request", 60) is None
    busy = store.claim("k", "request", 60)
    assert busy is not None and busy.status == 0
    assert store.claim("k", "request", 0) is None
    store.settle("k", 200, "application/json", b"{}")
    kept = store.claim("k", "request", 0)
    assert kept is not None and (kept.status, kept.body) == (200, b"{}")
    store.release("k")
    assert store.claim("k", "request", 60) is None
    store.close()


def test_origins(watched: Watched, own: Callable[..., Settings]) -> None:
    with served(watched, own(origins=("https://www.example.org",))) as client:
        good, bad = {"Origin": "https://www.example.org"}, {"Origin": "https://evil.example"}
        allowed = client.post(ANSWERS, json=QUESTION, headers=good)
        assert allowed.headers["access-control-allow-origin"] == "https://www.example.org"
        refused = client.post(ANSWERS, json=QUESTION, headers=bad)
        assert refused.status_code == 403 and "access-control-allow-origin" not in refused.headers
        assert refused.json()["type"] == "urn:aap:problem:origin"
        preflight = {"Access-Control-Request-Method": "POST",
                     "Access-Control-Request-Headers": "content-type"}  # fmt: skip
        assert client.options(ANSWERS, headers={**good, **preflight}).status_code == 200
        assert client.options(ANSWERS, headers={**bad, **preflight}).status_code == 400
        own_page = {"Origin": "http://testserver"}
        assert client.post(ANSWERS, json=QUESTION, headers=own_page).status_code == 200
        assert client.post(ANSWERS, json=QUESTION, headers={"Origin": "null"}).status_code == 403


@pytest.mark.parametrize(
    ("name", "value"),
    [("AAP_ORIGINS", "https://a.fr/path"), ("AAP_ORIGINS", "*"), ("AAP_RATE_LIMIT", "often")],
)
def test_settings_that_cannot_work(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.errors import ConfigurationError
    from assistant.settings import load_settings

    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=name):
        load_settings()
    monkeypatch.setenv("AAP_ORIGINS", "https://a.fr, https://b.fr:8443/")
    monkeypatch.delenv("AAP_RATE_LIMIT", raising=False)
    assert load_settings().origins == ("https://a.fr", "https://b.fr:8443")
