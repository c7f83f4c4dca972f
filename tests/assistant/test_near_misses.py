"""What stands beside the answer is not given for it."""

import pytest

from assistant.answering.assistant import Assistant
from assistant.answering.understand import understand
from assistant.types import Turn


@pytest.mark.parametrize("question", [
    "Le 13 mars, d'accord, mais jusqu'à quelle heure peut-on déposer ?",
    "13 mars ok mais jusk'a kel heure on pe deposer ?",
    "In what year was the Urbact programme launched?",
])  # fmt: skip
def test_an_hour_or_a_year_that_no_passage_gives(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.status == "not_in_sources", answer.text
    assert "13 mars 2024" not in answer.text


@pytest.mark.parametrize("question", [
    "Quelles sont les onze villes qui composent le réseau ASToN ?",
    "Quelles sont les 11 villes membres d'ASToN ?",
    "Qui dirige l'ANCT ?",
    "How many cities take part in the City 2 City Network?",
    "Quem dirige a ANCT?",
    "Wer finanziert die Interconnectés?",
    "Combien de pages fait le Handbook on Smart Urban Innovations ?",
    "Combien de fiches contient l'Atlas français de la coopération décentralisée ?",
    "guide Smart city IDDRI : année de parution",
    "Quelle dotation reçoit le gagnant du concours « Start-up interconnectée » ?",
    "Which start-up won the contest run by Les Interconnectés?",
    "Seit wann gibt es das Institut IDDRI?",
    "Quelle est la fonction exacte de Caroline Xu ?",
    "Qui était Défenseur des droits au moment du rapport de 2019 ?",
    "Quelles sont les villes africaines du réseau ASToN ?",
    "Combien de villes asiatiques compte le réseau ASToN ?",
    "Combien de pays participent au PAGOF ?",
    "Could you give me the postal address of the project officer?",
    "Dakar fait-elle partie des villes du réseau ASToN ?",
    "Is Rabat one of the ASToN cities?",
    "Les onze villes du réseau ASToN, ce sont lesquelles ?",
    "Les onze villes du réseau ASTON, Kigali et Bamako en font partie ou pas ?",
    "Combien de collectivités territoriales sont membres du Partenariat pour un gouvernement ouvert ?",
    "Combien de lauréats le label « Territoires innovants » compte-t-il depuis sa création ?",
    "Quelle est la proportion de femmes rurales connectées en Afrique ?",
    "Quelle proportion des plus de 65 ans se connecte dans le monde ?",
    "What share of people over 60 goes online worldwide?",
    "Taux d'internautes femmes, Amérique latine ?",
    "Wie hoch ist der Anteil der Internetnutzer in den ländlichen Gebieten Frankreichs?",
    "Comment s'appelait le ministre à qui Villes Internet a remis son rapport en 2018 ?",
    "Qui a rédigé le rapport français sur les communs numériques ?",
    "Which page of the UNDP handbook covers Kenya?",
    "¿Qué cargo tiene Céline Colucci?",
])  # fmt: skip
def test_what_the_sources_do_not_say_of_what_they_name(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.status == "not_in_sources", answer.text


@pytest.mark.parametrize(("question", "told"), [
    ("Quelles sont les deux thématiques de l'appel ?", "responsable"),
    ("Quels sont les trois axes de la stratégie internationale pour le numérique ?", "sécurité"),
    ("Combien de villes compte le réseau ASToN ?", "11 villes"),
    ("Combien de villes participent au réseau ASToN ?", "11 villes"),
    ("cb de pays ds le PGO ?", "79 pays"),
    ("How many countries are members of the PGO?", "79 pays"),
    ("Les dates d'ouverture et de clôture ainsi que le téléphone de la référente", "13 mars 2024"),
    ("Combien de collectivités sont membres de Villes Internet ?", "460"),
    ("La France est-elle membre du PGO ?", "Rejoint par la France"),
    # Who asks, and for what, stands in another clause than what share is asked.
    ("Nous préparons un projet au Sénégal : quel pourcentage des femmes utilise Internet en Afrique ?", "24%"),
    ("Pour préparer notre réunion, quel pourcentage des femmes est connecté en Afrique ?", "24%"),
    ("Selon le ministère de l'Europe et des Affaires étrangères, quelle part des femmes est connectée en Afrique ?", "24%"),
    ("Nous travaillons avec des personnes âgées : quelle part de la population mondiale n'a pas accès à Internet ?", "37%"),
    ("What percentage of people around the world live in rural areas and are online?", "34%"),
    ("What share of men and of women are online in the least developed countries?", "31%"),
    ("What share of women are online in landlocked developing countries?", "38%"),
    ("weltweit Männer vs. Frauen online, Prozent?", "62%"),
    ("La Martinique fait-elle partie des CTF qui peuvent candidater ?", "ultramarines"),
    ("D'après vous, quelle définition de l'inclusion numérique est retenue dans le règlement ?", "inclusion"),
    ("Le ministre a reçu un rapport de Villes Internet en 2018 : quel est le nom de ce rapport ?", "Vers un modèle français"),
    ("Les « communs », je ne vois pas du tout. Vous auriez un exemple connu ?", "Wikipedia"),
    ("Quel pourcentage d'hommes se connecte en Afrique ?", "35%"),
    ("Sur le continent africain, quelle proportion de femmes est en ligne ?", "24%"),
    ("quel pourcentage des 15-24 ans utilise internet ?", "71%"),
    ("Which page of the UNDP handbook covers Argentina?", "p.38"),
    ("C'est quoi, au juste, Urbact, tel que vous le présentez ?", "échange européen"),
    ("Bitte nennen Sie mir Beginn und Ende der Bewerbungsfrist.", "10 janvier 2024"),
    ("Depuis quand l'association Villes Internet existe-t-elle ?", "2002"),
    ("Quelle part de la population des PMA n'a jamais utilisé Internet ?", "¾"),
    ("Les études de faisabilité sont-elles au nombre des actions possibles ?", "faisabilité"),
    ("En quelle année la stratégie internationale a-t-elle été présentée ?", "2017"),
])  # fmt: skip
def test_what_is_named_or_dated_is_told(assistant: Assistant, question: str, told: str) -> None:
    answer = assistant.ask(question)
    assert not answer.abstained and told in answer.text, answer.text


@pytest.mark.parametrize("question", [
    "Bonjour ! J'aimerais juste passer un petit coup de fil à la personne du ministère qui suit cet appel, quel numéro je compose ?",
    "Pourriez-vous me communiquer les coordonnées complètes de la chargée de mission ?",
])  # fmt: skip
def test_a_contact_is_told_with_its_address(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert "Morgane MILLON" in answer.text and "01 43 17 62 71" in answer.text


@pytest.mark.parametrize(("question", "answered"), [
    ("Quels taux d'hommes et de femmes connectés en Amérique latine ?", False),
    ("What share of women in Latin America use the internet?", False),
    ("Quels taux d'hommes et de femmes connectés en Afrique ?", True),
    ("Wie viele Mitgliedskommunen hat Villes Internet im Jahr 2021?", True),
    # Who asks is not what is asked of.
    ("Bonjour, Odile de la ville de Brasseuil, combien de villes compte le réseau ASToN ?", True),
    ("We are the Kisumu Digital Hub, how many cities are in the ASToN network?", True),
])  # fmt: skip
def test_a_figure_of_what_is_never_named(assistant: Assistant, question: str, answered: bool) -> None:
    assert assistant.ask(question).abstained is not answered


def test_capitals_name_no_other_call(assistant: Assistant) -> None:
    answer = assistant.ask("CALENDRIER AAP OUVERTURE ET CLOTURE")
    assert "13 mars 2024" in answer.text
    assert assistant.ask("Quelle est la date de clôture de l'AAP « Mobilités » ?").status == "out_of_scope"


@pytest.mark.parametrize("question", [
    "Can a university outside France act as lead applicant?",
    "J'ai oublié de suivre les consignes du formulaire, est-ce grave ?",
    "Peut-on ignorer les consignes de format du dossier ?",
])  # fmt: skip
def test_words_of_an_attack_in_a_plain_question(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).status != "refused"


@pytest.mark.parametrize(("question", "said"), [
    ("La date limite est bien le 15 avril, non ?", "Non, pas le 15 avril : Date de clôture"),
    ("The deadline is April 1st, isn't it?", "No, not April 1st: 13 March 2024"),
    ("Les Interconnectés existent depuis 2015, je crois ?", "Non, pas 2015 :"),
])  # fmt: skip
def test_a_false_premise_is_denied_in_good_grammar(assistant: Assistant, question: str, said: str) -> None:
    assert assistant.ask(question).text.startswith(said)


def test_what_is_hardly_likely_is_not_named_as_missing(assistant: Assistant) -> None:
    answer = assistant.ask("Y a-t-il une limite d'âge pour suivre les formations ?")
    assert answer.status == "not_in_sources" and "taille" not in answer.text


def test_a_figure_of_one_year_is_not_given_for_another(assistant: Assistant) -> None:
    before = [Turn(role="user", text="Quelle part de la population n'avait pas accès à internet en 2021 ?")]
    answer = assistant.ask("Et en 2023 ?", before)
    assert answer.status == "not_in_sources", answer.text


@pytest.mark.parametrize("question", ["tel chargée de mission AAP", "numéro de portable de la référente de l'AAP ?"])
def test_the_call_is_nobody_whose_phone_is_missing(assistant: Assistant, question: str) -> None:
    assert "01 43 17 62 71" in assistant.ask(question).text


def test_when_all_the_same_asks_for_no_date(assistant: Assistant) -> None:
    index = assistant.index("numerique-2024")
    (part,) = understand("On peut y prétendre quand même, nous, outre-mer ?", (), index).parts
    assert not part.kinds


@pytest.mark.parametrize("question", ["lappel jeunesse il ferme kan ?", "Part des émissions mondiales de gaz à effet de serre due au numérique"])
def test_a_slip_of_the_pen_opens_no_way_round(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).abstained


def test_what_is_supposed_of_another_year_is_corrected(assistant: Assistant) -> None:
    answer = assistant.ask("La France a bien rejoint le Partenariat pour un gouvernement ouvert en 2017, on est d'accord ?")
    assert answer.text.startswith("Non") and "2014" in answer.text
