"""Fetching against a real server: every state, every limit, and no address that is not public."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import CorpusError
from assistant.settings import Settings
from assistant.sources import SourceState, read_states, sources_folder, survey
from ingest.fetch.network import is_public
from ingest.fetch.request import Limits
from ingest.fetch.sources import Fetched, fetch_sources, user_agent
from ingest.fetch.visit import Visitor
from ingest.readers.formats import read_source
from tests.fetch.conftest import list_sources
from tests.fetch.server import PAGE, Site

QUICK = Limits(max_bytes=200_000, wait_s=0.5, total_s=1.0, backoff_s=0.0, interval_s=0.0)


def fetch(settings: Settings, only: Sequence[str] = (), limits: Limits = QUICK) -> dict[str, SourceState]:
    return states_of(fetch_sources(settings, "essai", only=only, limits=limits))


def states_of(done: Fetched) -> dict[str, SourceState]:
    return {kept.source.id: kept.state for kept in done.sources}


def test_every_answer_has_its_state_and_the_rest_goes_on(site: Site, folders: Settings) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /prive\nDisallow: /*.secret$\n", Content_Type="text/plain")
    site.put("/page", PAGE)
    site.put("/500", status=500)
    site.redirect("/loop", "/loop")
    site.redirect("/new", "/page", 301)
    site.redirect("/other", "/page", 302)
    site.redirect("/inside", "http://10.0.0.1/")
    site.redirect("/metadata", "http://169.254.169.254/latest/meta-data/")
    site.redirect("/file", "file:///etc/passwd")
    site.put("/403", status=403)
    site.put("/image", b"\x89PNG", Content_Type="image/png")
    site.put("/guide.pdf", PAGE)
    site.put("/false.pdf", b"%PDF-1.7 nothing", Content_Type="application/pdf")
    site.put("/big", b"x" * 300_000)
    site.bomb("/bomb", 50_000_000)
    site.slow("/slow")
    site.broken("/broken")
    paths = (
        "page", "500", "loop", "new", "other", "inside", "metadata", "file", "403", "image",
        "guide.pdf", "false.pdf", "big", "bomb", "slow", "broken", "404", "prive/x", "a.secret",
    )  # fmt: skip
    list_sources(folders, **{p.replace(".", "-").replace("/", "-"): f"{site.base}/{p}" for p in paths})
    found = fetch(folders)
    assert {id_: state.state for id_, state in found.items()} == {
        "page": "fetched", "500": "dead", "loop": "refused", "new": "moved", "other": "fetched",
        "inside": "refused", "metadata": "refused", "file": "refused", "403": "refused",
        "image": "refused", "guide-pdf": "refused", "false-pdf": "unreadable", "big": "refused",
        "bomb": "refused", "slow": "dead", "broken": "dead", "404": "dead", "prive-x": "refused",
        "a-secret": "refused",
    }  # fmt: skip
    assert found["new"].address == f"{site.base}/page"
    assert "10.0.0.1" in found["inside"].detail and "not a public address" in found["inside"].detail
    assert "unpacked" in found["bomb"].detail
    assert "robots.txt" in found["prive-x"].detail
    assert len(site.asked("/500")) == QUICK.attempts
    assert len(site.asked("/404")) == 1
    assert not site.asked("/prive/x") and not site.asked("/a.secret")
    assert len(site.asked("/robots.txt")) == 1
    kept = {k.source.id for k in survey(folders.corpus_dir, folders.data_dir, "essai") if k.file}
    assert kept == {"page", "new", "other"}
    assert read_states(folders.data_dir, "essai") == found


def test_unchanged_is_asked_for_and_a_dead_link_keeps_its_copy(site: Site, folders: Settings) -> None:
    site.tagged("/a", PAGE, '"one"')
    site.put("/b", PAGE)
    list_sources(folders, a=f"{site.base}/a", b=f"{site.base}/b")
    first = fetch(folders)
    again = fetch(folders)
    assert [again[i].state for i in "ab"] == ["unchanged", "unchanged"]
    assert site.asked("/a")[-1]["if-none-match"] == '"one"'
    assert again["a"].fetched == first["a"].fetched and again["a"].sha256 == first["a"].sha256
    site.tagged("/a", PAGE.replace("douze", "treize"), '"two"')
    site.put("/b", status=404)
    last = fetch(folders)
    assert (last["a"].state, last["b"].state) == ("fetched", "dead")
    kept = survey(folders.corpus_dir, folders.data_dir, "essai")
    assert all(one.file is not None for one in kept)
    assert "treize" in kept[0].file.read_text(encoding="utf-8")  # type: ignore[union-attr]


def test_another_address_starts_anew_and_a_source_taken_off_loses_its_copy(
    site: Site, folders: Settings
) -> None:
    site.put("/a", PAGE)
    list_sources(folders, a=f"{site.base}/a", b=f"{site.base}/a")
    fetch(folders)
    list_sources(folders, a=f"{site.base}/elsewhere")
    assert survey(folders.corpus_dir, folders.data_dir, "essai")[0].state.state == "never"
    assert fetch(folders)["a"].state == "dead"
    assert not (sources_folder(folders.data_dir, "essai") / "b.html").exists()


def test_texts_are_read_in_the_charset_that_holds(site: Site, folders: Settings) -> None:
    site.put("/told", PAGE.encode("cp1252"), Content_Type="text/html; charset=windows-1252")
    site.put("/wrong", PAGE.encode("cp1252"), Content_Type="text/html; charset=utf-8")
    site.put("/none", PAGE.encode("cp1252"), Content_Type="text/html; charset=klingon")
    greek = PAGE.replace("Lomé, où", "Αθήνα, dont").replace("é", "e").replace("à", "a")
    site.put("/greek", greek.encode("iso-8859-7"), Content_Type="text/html; charset=iso-8859-7")
    list_sources(folders, **{n: f"{site.base}/{n}" for n in ("told", "wrong", "none", "greek")})
    assert {state.state for state in fetch(folders).values()} == {"fetched"}
    texts = {
        kept.source.id: read_source(kept.file).text  # type: ignore[arg-type]
        for kept in survey(folders.corpus_dir, folders.data_dir, "essai")
    }
    assert all("Le réseau rassemble douze communes" in texts[n] for n in ("told", "wrong", "none"))
    assert "Αθήνα" in texts["greek"]


def test_gzip_is_unpacked_and_cut_off_gzip_is_not_kept(site: Site, folders: Settings) -> None:
    packed = gzip.compress(PAGE.encode())
    site.put("/whole", packed, Content_Encoding="gzip")
    site.put("/half", packed[:-20], Content_Encoding="gzip")
    site.put("/brotli", b"\x0b\x00", Content_Encoding="br")
    list_sources(folders, **{n: f"{site.base}/{n}" for n in ("whole", "half", "brotli")})
    found = fetch(folders)
    assert [found[n].state for n in ("whole", "half", "brotli")] == ["fetched", "dead", "refused"]


def test_this_machine_is_refused_unless_a_test_allows_it(site: Site, folders: Settings) -> None:
    port = site.base.rpartition(":")[2]
    site.put("/a", PAGE)
    hosts = {"ip": "127.0.0.1", "name": "localhost", "number": "2130706433", "short": "127.1",
             "six": "[::ffff:127.0.0.1]", "zero": "0.0.0.0"}  # fmt: skip
    list_sources(folders, **{n: f"http://{h}:{port}/a" for n, h in hosts.items()})
    found = fetch(folders.model_copy(update={"fetch_loopback": False}))
    assert {state.state for state in found.values()} == {"refused"}, found
    assert not site.seen


def test_a_name_is_resolved_once_and_that_address_is_used(
    site: Site, folders: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that answers otherwise the second time (DNS rebinding) gains nothing."""
    real = socket.getaddrinfo
    asked: list[str] = []

    def turning(host: Any, port: Any, *args: Any, **more: Any) -> Any:
        asked.append(str(host))
        again = asked.count("rebinding.test") > 1
        fixed = {"rebinding.test": "10.0.0.1" if again else "127.0.0.1"}
        return real(fixed.get(str(host), host), port, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", turning)
    from ingest.fetch.request import get

    port = site.base.rpartition(":")[2]
    site.put("/a", PAGE)
    assert get(f"http://rebinding.test:{port}/a", {}, QUICK, loopback=True).status == 200
    assert asked == ["rebinding.test", "127.0.0.1"]
    assert site.asked("/a")[0]["host"] == f"rebinding.test:{port}"


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:{}", "64:ff9b::{}"]))
def test_an_address_within_an_address_is_judged_too(address: Any, pattern: str) -> None:
    assert is_public(ip_address(pattern.format(address))) == is_public(address)


@pytest.mark.parametrize("address", ["10.1.2.3", "192.168.0.1", "172.16.0.1", "127.0.0.1", "169.254.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fe80::1", "fc00::1", "ff02::1", "2002:0a00:0001::", "255.255.255.255"])  # fmt: skip
def test_addresses_that_are_never_visited(address: str) -> None:
    assert not is_public(ip_address(address))
    assert is_public(ip_address("185.75.143.1"))


def test_one_request_a_second_and_host_and_retry_after(site: Site, folders: Settings) -> None:
    now = [100.0]
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        now[0] += seconds

    site.put("/a", PAGE)
    site.put("/busy", status=503, Retry_After="7")
    list_sources(folders, a=f"{site.base}/a", b=f"{site.base}/a", busy=f"{site.base}/busy")
    visitor = Visitor("agent", Limits(wait_s=0.5), loopback=True, pause=pause, clock=lambda: now[0])
    done = fetch_sources(folders, "essai", visitor=visitor)
    assert states_of(done)["busy"].detail.endswith("503")
    assert pauses == [1.0, 1.0, 1.0, 7.0, 7.0]


def test_crawl_delay_is_kept(site: Site) -> None:
    pauses: list[float] = []
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 4\n", Content_Type="text/plain")
    site.put("/a", PAGE)
    visitor = Visitor("agent", QUICK, loopback=True, pause=pauses.append, clock=lambda: 5.0)
    visitor.visit(f"{site.base}/a")
    assert pauses == [4.0]


def test_without_a_network_no_link_is_called_dead(folders: Settings) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        list_sources(folders, a=f"http://127.0.0.1:{nobody.getsockname()[1]}/")
        done = fetch_sources(folders, "essai", limits=QUICK)
    assert not done.online
    assert states_of(done)["a"].state == "never"


def test_robots_that_can_not_be_had_forbids(site: Site, folders: Settings) -> None:
    site.put("/robots.txt", status=500)
    site.put("/a", PAGE)
    list_sources(folders, a=f"{site.base}/a")
    assert fetch(folders)["a"].state == "refused"
    assert not site.asked("/a")


def test_it_says_who_it_is(site: Site, folders: Settings) -> None:
    site.put("/a", PAGE)
    list_sources(folders, a=f"{site.base}/a")
    fetch(folders)
    assert site.asked("/a")[0]["user-agent"] == user_agent("a.b@c.example")
    assert "a.b@c.example" in user_agent("a.b@c.example")


def test_a_wrong_list_is_named(folders: Settings) -> None:
    path = folders.corpus_dir / "essai" / "sources.toml"
    path.write_text('[[source]]\nid = "../x"\ntitle = "X"\n', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"sources\.toml: source 1, id"):
        fetch(folders)
    list_sources(folders, a="https://user:secret@example.org/", b="ftp://example.org/x", c="https://[::1")
    assert {state.state for state in fetch(folders).values()} == {"refused"}
    with pytest.raises(CorpusError, match="no source 'zzz'"):
        fetch(folders, only=["zzz"])
