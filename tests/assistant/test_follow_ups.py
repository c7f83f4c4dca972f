"""What is about the message before it, and what only comes after it."""

from __future__ import annotations

import pytest

from assistant.answering.assistant import Assistant
from assistant.types import Answer, Turn


def talk(assistant: Assistant, *questions: str, answers: bool = True) -> Answer:
    """The last answer of a conversation; without ``answers`` its history holds only what the user said."""
    history: list[Turn] = []
    for question in questions:
        answer = assistant.ask(question, history)
        history.append(Turn(role="user", text=question))
        if answers:
            history.append(Turn(role="assistant", text=answer.text))
    return answer


@pytest.mark.parametrize("question", [
    "Qui peut candidater ?", "Les régions peuvent-elles candidater ?", "Who can apply?", "Wer darf sich bewerben?",
    "¿Quién puede participar?", "C'est quoi le numérique responsable ?", "À qui écrire ?",
])  # fmt: skip
def test_a_short_question_that_is_whole_stands_alone(assistant: Assistant, question: str) -> None:
    after = talk(assistant, "Quelle est la date de clôture ?", question)
    assert after.text == assistant.ask(question).text


@pytest.mark.parametrize("thanks", ["merci", "Merci beaucoup !", "Thanks!", "danke", "bonjour"])
def test_thanks_and_greetings_are_about_nothing(assistant: Assistant, thanks: str) -> None:
    assert talk(assistant, "Quelle est la date de clôture ?", thanks).status == "out_of_scope"


@pytest.mark.parametrize("question", ["et l'ouverture ?", "ok et l'ouverture", "and the opening?"])
def test_what_goes_on_is_about_the_question_before(assistant: Assistant, question: str) -> None:
    assert "10 janvier 2024" in talk(assistant, "Quelle est la date de clôture ?", question).citations[0].quote


@pytest.mark.parametrize("answers", [True, False])
@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("À qui écrire pour les tiers-lieux ?", "et son téléphone ?"),
        ("Who should I contact about third places?", "and her phone number?"),
        ("À qui écrire pour les tiers-lieux ?", "son mail ?"),
    ],
)
def test_somebodys_address_is_that_of_whom_the_answer_named(
    assistant: Assistant, before: str, question: str, answers: bool
) -> None:
    answer = talk(assistant, before, question, answers=answers)
    assert "Marc.LAGET@anct.gouv.fr" in answer.text.split("\n\n")[0]
    if answer.status == "answered":  # the hand-over after an abstention is said to be somebody else
        assert "01 43 17 62 71" not in answer.text


def test_the_phone_of_the_officer_after_her_name(assistant: Assistant) -> None:
    answer = talk(assistant, "Qui est la chargée de mission référente ?", "et son téléphone ?")
    assert answer.status == "answered"
    assert "01 43 17 62 71" in answer.text


def test_who_is_meant_in_one_message(assistant: Assistant) -> None:
    answer = assistant.ask("Qui contacter pour les tiers-lieux ? Et son numéro de téléphone ?")
    assert "01 43 17 62 71" not in answer.text.split("\n\n")[1]


@pytest.mark.parametrize("conversation", [
    ("c'est quoi Villes Internet ?", "ils ont combien de membres ?", "et leur contact ?"),
    ("Quels sont les partenaires de l'appel ?", "et le mail du troisième ?"),
    ("Contact for ANCT?", "and for Villes Internet?"),
])  # fmt: skip
def test_whose_contact_is_asked_after_several_messages(assistant: Assistant, conversation: tuple[str, ...]) -> None:
    assert "coordination@villes-internet.net" in talk(assistant, *conversation).text.split("\n\n")[0]


@pytest.mark.parametrize("conversation", [
    ("c'est quoi Villes Internet ?", "et leur téléphone ?"),
    ("c'est quoi Villes Internet ?", "ils ont combien de membres ?", "et leur téléphone ?"),
    ("من هي المسؤولة عن الأماكن الثالثة؟", "ما هو رقم هاتفها؟"),
    ("من هو المسؤول في ANCT؟", "وما هو هاتفه؟"),
    ("Qui dirige l'ANCT ?", "et son téléphone ?"),
    ("C'est quoi le SCAC ?", "et leur mail ?"),
])  # fmt: skip
def test_nobody_elses_address_is_given(assistant: Assistant, conversation: tuple[str, ...]) -> None:
    assert talk(assistant, *conversation).status == "not_in_sources"


@pytest.mark.parametrize(("conversation", "told"), [
    (("combien de femmes connectées en Afrique ?", "et les hommes ?", "et dans les pays arabes ?"), "États arabes"),
    (("c'est quoi l'ANCT ?", "ça date de quand ?", "et avant c'était quoi ?"), "Epareca"),
    (("Quels sont les champs d'intervention ?", "le deuxième c'est quoi exactement ?"), "numérique responsable"),
    (("Quels sont les partenaires de l'appel ?", "et le deuxième ?", "depuis quand ?"), "2009"),
])  # fmt: skip
def test_the_thread_is_kept_over_several_messages(
    assistant: Assistant, conversation: tuple[str, ...], told: str
) -> None:
    answer = talk(assistant, *conversation)
    assert any(told in citation.quote for citation in answer.citations)


def test_who_else_may_apply_is_asked_of_the_first_question(assistant: Assistant) -> None:
    first = "qui peut candidater ?"
    assert talk(assistant, first, "et les universités ?", "et les entreprises ?").status == "not_in_sources"


@pytest.mark.parametrize("thanks", ["merci bcp", "thx", "mci", "c'est noté"])
def test_hasty_thanks_get_a_kind_word(assistant: Assistant, thanks: str) -> None:
    assert "plaisir" in talk(assistant, "Qui contacter pour les tiers-lieux ?", thanks).text


@pytest.mark.parametrize("why", ["pourquoi ?", "ah bon, pourquoi ?"])
def test_no_reason_is_made_up(assistant: Assistant, why: str) -> None:
    assert talk(assistant, "Une association peut-elle candidater ?", why).status == "not_in_sources"
