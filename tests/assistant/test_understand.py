"""Which questions a message holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.assistant import Assistant
from assistant.answering.requests import without_exclusion, without_fillers, without_request
from assistant.answering.shorthand import apostrophes
from assistant.answering.understand import detect_language, split_questions
from assistant.types import Turn


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("deadline + mail du ministere svp", ["deadline ?", "mail du ministere svp ?"]),
        (
            "My mayor wants to know the closing date, plus the phone number of the person in charge.",
            ["My mayor wants to know the closing date ?", "the phone number of the person in charge ?"],
        ),
        ("Date de clôture et montant de la subvention ?", ["Date de clôture ?", "montant de la subvention ?"]),
        (
            "Pouvez-vous m'informer de la date de clôture et du montant de la subvention ?",
            ["Pouvez-vous m'informer de la date de clôture ?", "du montant de la subvention ?"],
        ),
        (
            "Les dates d'ouverture et de clôture ainsi que le téléphone de la référente ?",
            ["Les dates d'ouverture et de clôture ?", "le téléphone de la référente ?"],
        ),
        (
            "Nous voudrions, d'une part, la date limite et, d'autre part, les coordonnées de la référente.",
            ["Nous voudrions la date limite ?", "les coordonnées de la référente ?"],
        ),
        ("cb de personnes en + avec le covid ?", ["cb de personnes en + avec le covid ?"]),
        ("un site pour + d'infos ?", ["un site pour + d'infos ?"]),
        ("la taille du réseau (villes + acteurs) ?", ["la taille du réseau (villes + acteurs) ?"]),
        ("Le taux et le plafond de la subvention ?", ["Le taux et le plafond de la subvention ?"]),
        (
            "Nous avons un budget de 30 000 euros et voulons savoir la date de clôture.",
            ["Nous avons un budget de 30 000 euros et voulons savoir la date de clôture."],
        ),
    ],
)
def test_things_of_different_kinds_are_different_questions(message: str, parts: list[str]) -> None:
    assert split_questions(message) == parts


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        (
            "et le jury c kan ? rappel la date limite aussi stp",
            ["et le jury c kan ?", "rappel la date limite aussi stp"],
        ),
        (
            "quel montant ? merci de me rappeler le mail du contact",
            ["quel montant ?", "merci de me rappeler le mail du contact"],
        ),
        (
            "Is Morocco eligible? Please give me the phone number too.",
            ["Is Morocco eligible?", "Please give me the phone number too."],
        ),
        # Asks for nothing of a known kind, or does not ask.
        ("Qui peut candidater ? Donnez-moi une réponse vite svp", None),
        ("On peut déposer avant ? merci de me répondre avant le 3 mars", None),
        ("Nous sommes une commune. Rappelez-moi la date limite.", None),
    ],
)
def test_a_request_without_a_question_mark_asks(message: str, parts: list[str] | None) -> None:
    assert split_questions(message) == (parts or [message])


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("date limite et ki contacter ?", ["date limite ?", "ki contacter ?"]),
        ("c koi le label et c kan le jury", ["c koi le label ?", "c kan le jury ?"]),
    ],
)
def test_question_words_of_text_messages(message: str, parts: list[str]) -> None:
    assert split_questions(message) == parts


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("Serait-il possible d'avoir les deux dates du calendrier ?", "les deux dates du calendrier ?"),
        ("Merci de m'indiquer la date de clôture", "la date de clôture"),
        ("Pourriez-vous nommer les deux volets ?", "nommer les deux volets ?"),
        ("Could you please tell me when the call closes?", "when the call closes?"),
        ("¿Podrían indicarme la fecha límite?", "la fecha límite?"),
        # These ask whether something may be, or leave nothing.
        ("Serait-il possible de déposer après le 13 mars ?", None),
        ("Pouvez-vous financer un tiers-lieu ?", None),
        ("Do you have to be a city?", None),
        ("Merci d'avance !", None),
    ],
)
def test_a_request_is_not_what_is_asked(message: str, asked: str | None) -> None:
    assert without_request(message) == (asked or message)


@given(st.text(max_size=120))
def test_what_is_left_of_a_request_stands_in_it(message: str) -> None:
    left = without_request(message)
    assert left == message or message.rstrip().endswith(left)


@pytest.mark.parametrize(("message", "language"), [
    ("Contact for ANCT?", "en"), ("und die von Villes Internet?", "de"), ("بريد جمعية Villes Internet", "ar"),
    ("What kind of organisation is Les Interconnectés?", "en"), ("contact ANCT", "fr"),
])  # fmt: skip
def test_names_do_not_hide_the_language(message: str, language: str) -> None:
    assert detect_language(message, "fr") == language


def test_apostrophes_are_put_back_before_known_words() -> None:
    known = {"appel", "aide", "agence", "location", "danse"}
    written = apostrophes("Lappel daide de lagence : location, danse, lavande", lambda word: word.lower() in known)
    assert written == "L'appel d'aide de l'agence : location, danse, lavande"


@pytest.mark.parametrize(("text", "left"), [
    ("C'est quoi, au juste, Urbact, tel que vous le présentez ?", "C'est quoi Urbact ?"),
    ("Le réseau ASTON dont parle votre document, il regroupe combien de villes ?", "Le réseau ASTON il regroupe combien de villes ?"),
    ("Que veut-on exactement ?", "Que veut-on exactement ?"),
])  # fmt: skip
def test_what_only_decorates_a_question_is_left_out(text: str, left: str) -> None:
    assert without_fillers(text) == left


@pytest.mark.parametrize(("text", "left"), [
    ("À qui écrire à l'agence pour une demande qui ne porte pas sur les ateliers ?", "À qui écrire à l'agence pour une demande ?"),
    ("Whom do I call, other than the prefecture?", "Whom do I call ?"),
    ("Qui contacter pour les ateliers ?", "Qui contacter pour les ateliers ?"),
])  # fmt: skip
def test_what_is_not_meant_is_left_out(text: str, left: str) -> None:
    assert without_exclusion(text).replace("?", " ?").replace("  ", " ") == left


def test_what_others_want_to_know_is_asked(assistant: Assistant) -> None:
    english = assistant.ask("I work at an embassy and a region asks me by when it has to hand in its bid. What do I tell them?")
    french = assistant.ask("Un maire me demande si un même projet peut couvrir les deux champs. Que dois-je lui répondre ?")
    assert "13 March 2024" in english.text and "l'un des deux (ou les deux)" in french.text


def test_what_others_want_to_know_follows_up_on_nothing(assistant: Assistant) -> None:
    before = [Turn(role="user", text="Quelles villes composent le réseau ASToN ?"), Turn(role="assistant", text="Le règlement ne le dit pas.")]
    answer = assistant.ask("A region asks me by when it must hand in its bid. What do I tell them?", before)
    assert "13 March 2024" in answer.text
