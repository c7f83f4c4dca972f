"""/documents: the page that a citation leads to."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from starlette.testclient import TestClient

from assistant.answering.assistant import Assistant
from tests.web.helpers import Page, bare

PAGE = "/documents/numerique-2024/reglement"


def test_a_citations_address_marks_its_quote(client: TestClient) -> None:
    answer = client.post("/api/v1/answers", json={"question": "Qui contacter ?"}).json()
    assert answer["citations"]
    for citation in answer["citations"]:
        assert citation["url"].startswith(PAGE) and citation["url"].endswith("#passage")
        page = Page(client.get(citation["url"]).text)
        assert bare(page.marked) == bare(citation["quote"])


def test_page_without_passage(client: TestClient, assistant: Assistant) -> None:
    document = assistant.document("numerique-2024", "reglement")
    response = client.get(PAGE)
    assert response.status_code == 200
    assert '<html lang="fr">' in response.text and "<mark" not in response.text
    assert bare(document.text) in bare(Page(response.text).text)
    headings = [tag for tag, attributes in Page(response.text).tags if "id" in attributes
                and tag in ("h2", "h3")]  # fmt: skip
    assert len(headings) == len(document.sections)
    assert response.headers["content-security-policy"].startswith("default-src 'none'")


@examples(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_several_passages(client: TestClient, assistant: Assistant, data: st.DataObject) -> None:
    text = assistant.document("numerique-2024", "reglement").text
    starts = data.draw(st.lists(st.integers(0, len(text) - 400), min_size=1, max_size=3))
    pairs = [(start, start + data.draw(st.integers(1, 400))) for start in starts]
    query = "&".join(f"start={start}&end={end}" for start, end in pairs)
    marked = Page(client.get(f"{PAGE}?{query}").text).marked
    wanted = set().union(*(range(*pair) for pair in pairs))
    shown = text.replace("\n- ", "\n\0\0").replace("\0\0", "\n\n")
    assert bare(marked) == bare("".join(shown[i] for i in sorted(wanted)))


@pytest.mark.parametrize(
    "query", ["start=5", "end=5", "start=9&end=2", "start=x&end=y", "start=-1&end=5",
              "start=0&end=999999999999999999999", "start=1&end=٣", "start=%00&end=1"],
)  # fmt: skip
def test_wrong_ranges_are_ignored(client: TestClient, query: str) -> None:
    response = client.get(f"{PAGE}?{query}")
    assert response.status_code == 200 and "<mark" not in response.text


def test_unknown_document_is_a_page_for_browsers(client: TestClient) -> None:
    headers = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
    response = client.get("/documents/numerique-2024/%3Cscript%3E", headers=headers)
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    assert "Document inconnu" in response.text and "<script" not in response.text
    assert client.get("/documents/nope/reglement").json()["status"] == 404


def test_english_readers_get_an_english_frame(client: TestClient) -> None:
    page = client.get(PAGE, headers={"Accept-Language": "en"}).text
    assert '<html lang="en">' in page and '<article lang="fr">' in page


def test_each_passage_leads_to_the_next_and_the_one_before(client: TestClient, assistant: Assistant) -> None:
    answer = assistant.ask("Quelles sont les étapes du calendrier et qui contacter ?")
    spans = sorted({(c.start, c.end) for c in answer.citations if c.document == "reglement"})
    assert len(spans) > 1
    page = Page(client.get(f"{PAGE}?" + "&".join(f"start={a}&end={b}" for a, b in spans)).text)
    ids = [a["id"] for tag, a in page.tags if tag == "mark" and "id" in a]
    assert ids == ["passage", *(f"passage-{n}" for n in range(2, len(spans) + 1))]
    links = [a["href"] for tag, a in page.tags if tag == "a" and str(a.get("href")).startswith("#passage")]
    assert links[1:] == [f"#{ids[at + step]}" for at in range(len(ids)) for step in (-1, 1) if 0 <= at + step < len(ids)]
    assert f"Passage cité 1 sur {len(spans)}" in page.text
    one = Page(client.get(f"{PAGE}?start={spans[0][0]}&end={spans[0][1]}").text)
    assert "Passage suivant" not in one.text
