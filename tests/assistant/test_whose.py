"""One person's phone or mail never passes for another's."""

import pytest

from assistant.answering.assistant import Assistant

OFFICER = "Morgane MILLON, morgane.millon@diplomatie.gouv.fr, 01 43 17 62 71"


@pytest.mark.parametrize(
    "question",
    [
        "Quel est le numéro de téléphone de Villes Internet ?",
        "tel de caroline xu ?",
        "tél de urbact",
        "quel est le numéro de téléphone de la préfecture",
        "contact cnil ?",
    ],
)
def test_the_address_of_somebody_else_is_not_given(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.status == "not_in_sources"


@pytest.mark.parametrize(
    "question",
    [
        "Quel est votre numéro de téléphone ?",
        "Qui contacter à la DAECT ?",
        "numéro de téléphone du ministère",
        "Je suis de la Ville de Lyon, quel est votre téléphone ?",
        "Quel est le téléphone de Mme Millon du MEAE ?",
        "Un maire veut parler à la personne qui suit ce dispositif à Paris. Quel numéro lui donner ?",
    ],
)
def test_the_referent_officer_speaks_for_her_body(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.status == "answered"
    assert "01 43 17 62 71" in answer.text
    assert "Morgane MILLON" in answer.text


@pytest.mark.parametrize(
    "question", ["phone number, call manager?", "What email address should I use for queries?"]
)
def test_an_address_stands_beside_the_name_that_it_belongs_to(
    assistant: Assistant, question: str
) -> None:
    answer = assistant.ask(question)
    assert all(part in answer.text for part in OFFICER.split(", "))
    assert "Morgane MILLON" in answer.citations[0].quote


@pytest.mark.parametrize("question", [
    "Quel est le nom de la personne à contacter chez Villes Internet ?",
    "Combien de collectivités Villes Internet compte-t-elle comme membres ?\nDepuis quand existe-t-elle ?\nÀ quelle adresse mail la joindre ?",
])  # fmt: skip
def test_the_contact_of_the_body_that_is_named(assistant: Assistant, question: str) -> None:
    text = assistant.ask(question).text
    assert "coordination@villes-internet.net" in text and "morgane.millon" not in text


@pytest.mark.parametrize("question", [
    "À qui écrire à l'ANCT pour une demande qui ne porte pas sur les tiers-lieux ?",
    "À quelle adresse peut-on poser à l'ANCT une question d'ordre général (pas sur les tiers-lieux) ?",
    "ANCT : auriez-vous le nom et l'adresse électronique de la personne qui suit cet AAP chez eux ?",
    "J'ai une question générale pour l'ANCT. À qui dois-je écrire ?",
    "Guten Tag, ich habe eine allgemeine Frage an die ANCT, es geht nicht um Tiers-lieux. An wen schreibe ich?",
])  # fmt: skip
def test_a_question_for_a_body_goes_to_its_contact_but_for_what_it_excludes(assistant: Assistant, question: str) -> None:
    text = assistant.ask(question).text
    assert "Caroline.XU" in text and "LAGET" not in text and "morgane.millon" not in text


def test_a_pronoun_is_no_officer(assistant: Assistant) -> None:
    assert assistant.ask("Céline Colucci, elle est joignable au téléphone à quel numéro ?").status == "not_in_sources"


@pytest.mark.parametrize("question", [
    "Qui contacter pour une ville qui n'est pas aux normes du label ?",
    "Quel correspondant contacter pour une ville qui n'a pas de jumelage ?",
])  # fmt: skip
def test_a_condition_is_no_exclusion(assistant: Assistant, question: str) -> None:
    assert "villes-internet" not in assistant.ask(question).text
