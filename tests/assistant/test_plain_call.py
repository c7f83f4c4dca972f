"""A call without validated questions, read by its form: lists, tables, headings, contacts."""

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.assistant import Assistant
from assistant.answering.elsewhere import other_year
from assistant.answering.headings import asks_division, negates, opens_with_pronoun
from assistant.answering.identifiers import identifiers, leading_identifier
from assistant.answering.understand import understand
from assistant.embedding import Embedder
from assistant.settings import Settings
from ingest.build import ingest

CALL = """
id = "quais"
title = "Quais vivants"
authority = "Métropole des Deux-Rives"
language = "fr"
timezone = "Europe/Paris"

[handoff]
name = "Odile Marchand"
email = "quais@deux-rives.example"
role = "chargée de mission"

[[documents]]
id = "reglement"
path = "reglement.md"
title = "Règlement"
kind = "regulation"
"""
RULES = """# Règlement de l'appel à projets « Quais vivants »

## 1. Dossier

Le dossier de candidature comprend les pièces suivantes :

- le budget prévisionnel signé ;
- les statuts de l'association ;
- un calendrier des travaux.

## 2. Volet plantations

La plantation d'arbres d'ombrage le long des berges est encouragée.

## 3. Atelier des berges

Association fondée en 1998, l'Atelier des berges rassemble les riverains. Elle forme chaque année
quarante jardiniers bénévoles.

## 4. Calendrier

| Étape | Vague 1 | Vague 2 |
|---|---|---|
| Mise en ligne du formulaire | 6 janvier 2031 | 7 juillet 2031 |
| Terme du dépôt | 12 mars 2031 | 10 septembre 2031 |
| Réunion du jury | 4 avril 2031 | 2 octobre 2031 |

Le bilan est transmis au plus tard le 30 novembre 2033. La session suivante est prévue en 2035.

Taux et plafonds :

| Axe | Taux | Plafond |
|---|---|---|
| A – Berges plantées | 70 % | 40 000 € |
| B – Pontons partagés | 60 % | 25 000 € |

## 5. Notation

| Critère | Points | Note minimale |
|---|---|---|
| Qualité du paysage | 35 | 15 |
| Entretien dans la durée | 25 | 10 |
| Place des riverains | 20 | 8 |
| Sobriété du chantier | 12 | 4 |
| Reproductibilité | 8 | 2 |

## 6. Interlocuteurs

| Sujet | Personne | Coordonnées |
|---|---|---|
| Questions générales | Odile Marchand | quais@deux-rives.example |
| Versements | Bruno Castaing | 02 41 00 00 17 |
"""


@pytest.fixture(scope="module")
def data_dir(prototypes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the standard questions."""
    folder = tmp_path_factory.mktemp("quais")
    (folder / "prototypes").symlink_to(prototypes)
    return folder


@pytest.fixture(scope="module")
def quays(
    settings: Settings, embedder: Embedder, data_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    corpus = tmp_path_factory.mktemp("corpus")
    (corpus / "quais").mkdir()
    (corpus / "quais" / "call.toml").write_text(CALL, encoding="utf-8")
    (corpus / "quais" / "reglement.md").write_text(RULES, encoding="utf-8")
    own = settings.model_copy(
        update={"corpus_dir": corpus, "call": "quais", "data_dir": data_dir}
    )
    ingest(own, "quais", embedder)
    made = Assistant(own, embedder)
    yield made
    made.close()


def test_a_lead_in_brings_its_list(quays: Assistant) -> None:
    answer = quays.ask("Quelles pièces comprend le dossier de candidature ?")
    for piece in ("budget prévisionnel", "statuts", "calendrier des travaux"):
        assert piece in answer.text


def test_a_header_is_no_answer(quays: Assistant) -> None:
    _, (step,) = quays.explain("Quelles sont les étapes et les vagues ?")
    document = quays.document("quais", "reglement")
    texts = {document.text[c.unit.span.start : c.unit.span.end] for c in step.retrieval.candidates}
    assert texts and "Étape\tVague 1\tVague 2" not in texts


def test_a_row_is_asked_by_its_label(quays: Assistant) -> None:
    known = {q.text for q in quays.index("quais").catalog.all_questions()}
    assert "Quand ? Terme du dépôt – Vague 2" in known
    answer = quays.ask("Quelle est la date limite de dépôt de la vague 2 ?")
    assert "10 septembre 2031" in answer.text and "2 octobre" not in answer.text


def test_which_part_is_told_by_the_heading(quays: Assistant) -> None:
    answer = quays.ask("La plantation d'arbres d'ombrage relève de quel volet ?")
    assert "Volet plantations" in answer.text
    assert any(c.quote == "2. Volet plantations" for c in answer.citations)


def test_a_pronoun_stands_under_its_heading(quays: Assistant) -> None:
    answer = quays.ask("Qui forme quarante jardiniers bénévoles chaque année ?")
    assert "Atelier des berges" in answer.text and "quarante jardiniers" in answer.text
    used = re.findall(r"\[(\d+)\]", answer.text)
    assert used == sorted(used)


@pytest.mark.parametrize(
    "question",
    ["Who trains forty volunteer gardeners each year?", "Does planting shade trees fall under any part? Which part?"],
)
def test_only_what_the_sources_say_stands_in_quotation_marks(quays: Assistant, question: str) -> None:
    answer = quays.ask(question)
    text = re.sub(r"\s+", " ", quays.document("quais", "reglement").text)
    assert all(quote in text for quote in re.findall(r"“([^”]*)”", answer.text))


@pytest.mark.parametrize(("year", "other"), [(2031, False), (2035, False), (2033, True)])
def test_only_years_of_editions_are_editions(quays: Assistant, year: int, other: bool) -> None:
    index = quays.index("quais")
    (question,) = understand(f"Quelle est la date limite de l'édition {year} ?", (), index).parts
    assert other_year(question, index) is other


@pytest.mark.parametrize(("question", "other"), [
    ("Combien de projets avez-vous financés en 2019 ?", True),
    ("Notre association a été créée en 2019, peut-elle candidater ?", False),
    ("Une maison construite en 2016 est-elle admise ?", False),
    ("bateau mis à l'eau en 1978, ça passe ?", False),
])  # fmt: skip
def test_a_year_of_ones_own_story_is_no_other_year(quays: Assistant, question: str, other: bool) -> None:
    index = quays.index("quais")
    (part,) = understand(question, (), index).parts
    assert other_year(part, index) is other


def test_a_phone_that_is_not_given_is_not_replaced(quays: Assistant) -> None:
    missing = quays.ask("Quel est le numéro de téléphone d'Odile Marchand ?")
    assert missing.status == "not_in_sources" and "02 41" not in missing.text
    given = quays.ask("Quel est le numéro de téléphone de Bruno Castaing ?")
    assert "02 41 00 00 17" in given.text


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("c'est dans quel volet ?", True), ("kel volet svp", True), ("Which strand is it?", True),
        ("¿En qué eje entra?", True), ("Quelle date ?", False), ("le volet inclusif, c'est quoi ?", False),
    ],
)  # fmt: skip
def test_questions_for_a_part(question: str, asks: bool) -> None:
    assert asks_division(question) is asks


@pytest.mark.parametrize(
    ("sentence", "opens"),
    [
        ("Elle porte un programme.", True), ("Ils sont réunis.", True), ("Il porte un projet.", True),
        ("Il est interdit de fumer.", False), ("Il s'agit d'un appel.", False), ("Elles", True),
        ("Ilôt de chaleur", False), ("L'aide", False),
    ],
)  # fmt: skip
def test_pronouns(sentence: str, opens: bool) -> None:
    assert opens_with_pronoun(sentence) is opens


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("Jusqu'à quand peut-on candidater ?", "12 mars 2031", "2033"),
        ("Quelle est la date de clôture ?", "12 mars 2031", "6 janvier"),
        ("À partir de quand le formulaire est-il ouvert ?", "6 janvier 2031", "12 mars"),
    ],
)
def test_the_ends_of_applying_go_by_any_name(
    quays: Assistant, question: str, said: str, unsaid: str
) -> None:
    quoted = " ".join(citation.quote for citation in quays.ask(question).citations)
    assert said in quoted and unsaid not in quoted


@pytest.mark.parametrize(("axis", "said", "unsaid"), [("A", "70 %", "60 %"), ("B", "60 %", "70 %")])
def test_a_part_is_asked_by_its_letter(
    quays: Assistant, axis: str, said: str, unsaid: str
) -> None:
    answer = quays.ask(f"Quel est le taux pour l'axe {axis} ?")
    quoted = " ".join(citation.quote for citation in answer.citations)
    assert said in quoted and unsaid not in quoted


def test_items_that_are_all_asked_come_as_their_list(quays: Assistant) -> None:
    answer = quays.ask("les critères c koi")
    for criterion in ("paysage", "durée", "riverains", "chantier", "Reproductibilité"):
        assert criterion in answer.text


@given(
    st.sampled_from(["axe", "Volet", "lot", "ODD", "catégorie"]),
    st.sampled_from([*"abcdefgh", "1", "9", "12", "ii", "iv"]),
)
def test_identifiers_are_read_with_and_without_their_noun(noun: str, mark: str) -> None:
    assert identifiers(f"Que dit l'{noun} {mark.upper()} ?") == {mark}
    assert leading_identifier(f"{mark.upper()} – Berges plantées") == {mark}
    assert not identifiers(f"{noun} du {mark}") and not leading_identifier("Berges – A")


EXPENSES = """
# Règlement

## 1. Dépenses éligibles

- plantation d'arbres ;
- location de barques.

## 2. Dépenses non éligibles

- achat de denrées alimentaires ;
- achat de véhicules.

## 3. Conditions

Ne sont pas financés :

- les fêtes privées ;
- les voyages d'agrément.

Pour chaque sortie, le groupe ne dépasse pas 30 élèves.

## 4. Calendrier

La date limite de dépôt des dossiers est fixée au 12 mars 2031. Le jury se réunit le 4 avril 2031.
"""
ONE_ENTRY = """
[[entry]]
id = "jury"
questions = ["Quand le jury se réunit-il ?"]
quote = "Le jury se réunit le 4 avril 2031."
"""


def _built(settings: Settings, embedder: Embedder, data_dir: Path, folder: Path, faq: str = "") -> Assistant:
    corpus = folder / "corpus"
    (corpus / "quais").mkdir(parents=True)
    (corpus / "quais" / "call.toml").write_text(CALL, encoding="utf-8")
    (corpus / "quais" / "reglement.md").write_text(EXPENSES, encoding="utf-8")
    if faq:
        (corpus / "quais" / "faq.toml").write_text(faq, encoding="utf-8")
    shutil.copytree(data_dir / "prototypes", folder / "data" / "prototypes")
    own = settings.model_copy(update={"corpus_dir": corpus, "call": "quais", "data_dir": folder / "data"})
    ingest(own, "quais", embedder)
    return Assistant(own, embedder)


def test_what_is_excluded_or_a_limit_is_told_as_such(
    settings: Settings, embedder: Embedder, data_dir: Path, tmp_path: Path
) -> None:
    with closing(_built(settings, embedder, data_dir, tmp_path)) as made:
        bought = made.ask("L'achat de denrées alimentaires est-il éligible ?")
        assert "non éligibles" in bought.text
        assert any("non éligibles" in c.quote for c in bought.citations)
        assert "Ne sont pas financés" in made.ask("Les voyages d'agrément sont-ils financés ?").text
        assert "30" in made.ask("Quel est le nombre maximum d'élèves dans le groupe ?").text
        assert "30" not in made.ask("Quel est le nombre minimum d'élèves dans le groupe ?").text


def test_a_few_validated_questions_change_nothing_else(
    settings: Settings, embedder: Embedder, data_dir: Path, tmp_path: Path
) -> None:
    questions = [
        "Quelle est la date limite de dépôt ?", "La location de barques est-elle éligible ?",
        "Quel est le montant de la subvention ?",
    ]  # fmt: skip
    with closing(_built(settings, embedder, data_dir, tmp_path / "none")) as made:
        before = [made.ask(question).text for question in questions]
    with closing(_built(settings, embedder, data_dir, tmp_path / "one", ONE_ENTRY)) as made:
        assert [made.ask(question).text for question in questions] == before
        assert "4 avril 2031" in made.ask("Quand le jury se réunit-il ?").text


@pytest.mark.parametrize("question", ["Quel est le téléphone de Bruno Castaing ?", "tel bruno castaing svp"])
def test_the_phone_of_a_person_in_a_table(quays: Assistant, question: str) -> None:
    answer = quays.ask(question)
    assert answer.status == "answered"
    assert "02 41 00 00 17" in answer.text


def test_the_person_to_write_to_is_quoted_with_the_name(quays: Assistant) -> None:
    missing = quays.ask("Quel est le numéro de téléphone d'Odile Marchand ?")
    assert any("Odile Marchand" in citation.quote for citation in missing.citations)


@pytest.mark.parametrize(("heading", "excludes"), [
    ("Dépenses non éligibles", True), ("Ne sont pas financés :", True), ("Projets exclus", True), ("Axe nº 2", False),
    ("Exemples (liste non exhaustive)", False), ("Associations à but non lucratif", False), ("N'hésitez pas à nous écrire :", False),
])  # fmt: skip
def test_headings_that_exclude(heading: str, excludes: bool) -> None:
    assert negates(heading) is excludes
