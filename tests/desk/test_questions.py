"""The questions of a mail, with and without question marks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.desk.questions import MAX_QUESTIONS, find_questions


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Bonjour, quelle est la date limite ?", 1),
        ("Je souhaiterais savoir si une commune peut candidater.", 1),
        ("Merci de m'indiquer la date de clôture, le taux de cofinancement et le contact de l'agence.", 3),
        ("Merci de nous dire si une association peut candidater et si un partenaire étranger est obligatoire.", 2),
        ("Nous aimerions connaître :\n- la date de clôture ;\n- le montant maximal ;\n- les pièces à fournir.", 3),
        ("1) Qui peut candidater ?\n2) Quand ?\n3) Comment déposer le dossier ?", 3),
        ("Could you tell me when the call closes and who can apply?", 2),
        ("Quisiera saber hasta cuándo se puede presentar un proyecto.", 1),
        ("Nous préparons un dossier avec Dakar. La commune de Thiès peut-elle aussi en être ?", 1),
        ("Bonjour, comment allez-vous ? Pouvez-vous m'aider ?", 0),
        ("Merci pour votre réponse. Bonne journée.", 0),
        ("Nous restons à votre disposition.", 0),
        ("sur quelle plateforme faut-il déposer", 1),
        ("Quelle est la date limite ? Quelle est la date limite ?", 1),
        ("Nous aimerions savoir si le recyclage et la réutilisation du matériel entrent dans le volet responsable.", 1),
        ("Nous aimerions connaître :\na) le contact de l'agence pour les questions générales,\nb) le contact du réseau.", 2),
        ("Je tiens à vous dire combien ce projet nous tient à cœur.", 0),
        ("Je voudrais m'assurer de trois choses.", 0),
        ("Quel budget total le ministère y consacre-t-il ?", 1),
        ("Ma collègue m'écrit et je ne sais pas lui répondre.", 0),
        ("Pourriez-vous m'indiquer\n- en quelle année l'association a été créée\n- combien elle compte de membres", 2),
        ("Il me manque :\n- l'année de la stratégie ;\n- ses trois grands axes.", 2),
        ("On compare nos embouteillages, et franchement qui gagne ? Personne.", 0),
        ("C'est pour la rubrique « Le saviez-vous ? » - ma rubrique préférée.", 0),
        ("Which ones are right? I mean: what share of men use the Internet?", 1),
        ("Ma directrice se demande si un atelier fait partie des lieux que l'appel a en tête.", 1),
        ("Je souhaiterais le titre exact du rapport remis au ministre.", 1),
        ("Je voudrais éviter les contresens.", 0),
        ("bonjour, stagiaire ici. il me manque l'année de création de l'association. merci !", 1),
        ("Avez-vous le nom, le mail et le numéro de la chargée de mission ?", 1),
        ("Les SIG sont-ils donnés en exemple, et à quel propos ?", 1),
        ("Am 21. März veranstalten wir einen Abend.", 0),
        ("Mais qui d'autre que les bibliothèques ouvre encore le samedi ?", 0),
    ],
)
def test_number_of_questions(text: str, count: int) -> None:
    assert len(find_questions(text)) == count, [asked.text for asked in find_questions(text)]


def test_context_goes_with_a_question_that_needs_it() -> None:
    text = "Nous sommes une association de Lyon. Le projet porte sur les seniors. Pouvons-nous candidater ? Quelle est la date limite ?"
    first, second = find_questions(text)
    assert "association de Lyon" in first.context
    assert second.context == ""
    (asked,) = find_questions("Notre partenaire est une université. Est-ce possible dans ce cas ?")
    assert "université" in asked.full


def test_a_question_cut_short_is_about_the_one_before() -> None:
    first, second = find_questions("Un projet de musée peut-il être présenté, et sous quelles réserves ?")
    assert (second.text, second.context, second.refers) == ("sous quelles réserves ?", first.text, True)
    first, second = find_questions("Existe-t-il un guide sur le sujet, et avec qui a-t-il été écrit ?")
    assert second.context == first.text


def test_a_question_that_goes_on_but_says_enough_is_not_asked_with_the_one_before() -> None:
    first, second = find_questions("Quelle est la date de clôture ? Et qui peut-on contacter au sujet des tiers-lieux ?")
    assert all(first.text not in form.text for form in second.forms)
    first, second = find_questions("Quelle est la date de clôture ? Et pour les régions ?")
    assert any(first.text in form.text for form in second.forms)


def test_questions_whose_subject_is_a_pronoun_are_about_what_was_told() -> None:
    found = find_questions(
        "Le conseil hésite à rejoindre le réseau Rivages.\n\n1) Elle compte combien de villes ?\n"
        "2) Depuis quand existe-t-elle ?\n3) On leur écrit à quelle adresse ?"
    )
    assert len(found) == 3
    assert all("Rivages" in asked.context for asked in found[:2])


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gives_few_questions_of_its_own_words(text: str) -> None:
    found = find_questions(text)
    assert len(found) <= MAX_QUESTIONS
    assert all(asked.text.strip() for asked in found)


@pytest.mark.parametrize(("text", "asked"), [
    ("Je n'ai noté ni la date de clôture, ni le délai. Pourriez-vous me les redonner ?", ["la date de clôture", "le délai"]),
    ("Combien de temps avons-nous et auprès de quel service se rapprocher ?",
     ["Combien de temps avons-nous ?", "auprès de quel service se rapprocher ?"]),
    ("I could not find two things: the closing date, and whether partners can take part.",
     ["the closing date", "whether partners can take part"]),
    ("Savoir deux choses : si un projet peut porter sur l'un et l'autre, et si la liste est limitative ?",
     ["si un projet peut porter sur l'un et l'autre ?", "si la liste est limitative ?"]),
    ("Je souhaiterais obtenir les coordonnées de l'agence, ainsi que celles du réseau.",
     ["Je souhaiterais obtenir les coordonnées de l'agence", "Je souhaiterais obtenir les coordonnées du réseau"]),
    ("Quisiéramos saber cuál es la fecha de cierre y a quién podemos escribir.",
     ["Quisiéramos saber cuál es la fecha de cierre", "a quién podemos escribir"]),
    ("Bonjour, Quels sont les champs ?", ["Quels sont les champs ?"]),
    ("Tu saurais lui répondre ?", []),
    ("Je n'arrive pas à retrouver la date limite. Pouvez-vous me la communiquer ?", ["Je n'arrive pas à retrouver la date limite."]),
    ("J'ai par ailleurs besoin du numéro de la référente.", ["J'ai par ailleurs besoin du numéro de la référente."]),
    ("Notre territoire a besoin du numérique.", []),
    ("Je m'interroge sur la date d'ouverture et sur celle de fin.",
     ["Je m'interroge sur la date d'ouverture", "Je m'interroge sur la date de fin"]),
])  # fmt: skip
def test_requests_are_taken_apart(text: str, asked: list[str]) -> None:
    assert [question.text for question in find_questions(text)] == asked


def test_a_condition_belongs_to_its_question() -> None:
    (asked,) = find_questions("Et si l'on vise les personnes âgées, est-on dans le champ de l'appel ?")
    assert "personnes âgées" in asked.text


@pytest.mark.parametrize("sentence", [
    "We would also be grateful to know how many partners may take part.", "Ne approfitto per chiederle quando scade il bando.",
])  # fmt: skip
def test_more_ways_of_asking_without_a_mark(sentence: str) -> None:
    assert find_questions(sentence)


@pytest.mark.parametrize(("sentence", "requested"), [
    ("Accepteriez-vous de m'accorder un entretien ?", True), ("Dites-nous si les billets sont éligibles.", True),
    ("Qui l'aurait cru ?", False),
])  # fmt: skip
def test_what_is_put_to_the_reader_is_requested(sentence: str, requested: bool) -> None:
    (asked,) = find_questions(sentence)
    assert asked.requested is requested
