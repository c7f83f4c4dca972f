"""What is near to an offer, to an automatic reply, to distress or to an aside, and is none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.desk.questions import find_questions
from assistant.desk.reply import written_now
from assistant.desk.triage import Desk

Letter = Callable[..., bytes]
ASKED = "Quelle est la date de clôture de l'appel ?"


@pytest.mark.parametrize("body", [
    "Nous proposons un parcours de formation au numérique, avec une demo en fin de projet. Merci de me préciser la date limite de dépôt.",
    "Notre commune souhaite organiser une journée de démonstration des outils libres, à l'issue de nos formations. Les frais de cette "
    "journée sont-ils pris en charge ?",
    "Nous proposons une série d'ateliers. Les prestations externes s'élèvent à 12 000 €. Merci de me dire si elles sont éligibles.",
    "Nous accompagnons 12 villages du Bénin et nous proposons des ateliers aux femmes. Un financement sur deux ans est-il possible ?",
    "Nous avons déjà formé une trentaine de médiateurs et nous proposons une suite à ce programme. Merci de m'indiquer la date de clôture.",
    "Je suis journaliste, spécialiste du numérique, et je prépare un article. J'ai besoin d'une réponse jusqu'à vendredi.",
    "Nous proposons des ateliers pour les femmes. Seriez-vous disponible pour un échange téléphonique ?",
    "Le lien de dépôt renvoie une page blanche.",
    "Notre commune est intéressée par l'appel à projets et cherche un partenaire au Sénégal.",
])  # fmt: skip
def test_no_mail_of_an_applicant_is_lost(desk: Desk, letter: Letter, body: str) -> None:
    got = desk.triage(letter(f"Bonjour,\n\n{body}\n\nCordialement,\nAna Silva\nSCOP Numérique, SARL au capital de 8 000 €"))
    assert got.needs_reply and not got.automated


@pytest.mark.parametrize("body", [
    "J'ai écrit à coordination@villes-internet.net, mais cette adresse n'est plus active. Merci de me donner un autre contact.",
    "Je souhaiterais connaître la date limite. Merci de me répondre ici, mon ancienne adresse n'est plus active.",
    "I wrote to Caroline.XU@anct.gouv.fr but this address is no longer in use. Please send me the right contact at ANCT.",
    "Je serai absente du 12 au 20 février, je vous écris donc avant. Cherchez-vous plutôt des projets en Afrique ?",
    "I will be out of office next week so a quick question now. Are you looking for projects in Africa only?",
])  # fmt: skip
def test_who_speaks_of_an_address_or_of_leave_is_no_program(desk: Desk, letter: Letter, body: str) -> None:
    assert not desk.triage(letter(f"Bonjour,\n\n{body}\n\nAna Silva")).automated


@pytest.mark.parametrize("text", [
    "Bonjour,\nAna Silva\nVille de Bourges\nJe souhaite connaître la date de clôture de l'appel.",
    "Voici mes coordonnées :\nAna Silva\n06 12 34 56 78\nMerci de m'envoyer la date de clôture et le contact.",
    "Pouvez-vous me dire qui peut candidater ?\n\nAna Silva\n\nJ'oubliais : il me faudrait aussi la date de clôture.",
])  # fmt: skip
def test_what_is_said_below_a_name_is_no_signature(text: str) -> None:
    assert "clôture" in written_now(text, "Ana Silva").text


@pytest.mark.parametrize(("text", "count"), [
    ("Je ne sais pas si vous êtes la bonne personne, mais jusqu'à quand peut-on déposer un dossier ?", 1),
    ("Je ne sais pas si vous avez des informations sur le taux de cofinancement du ministère.", 1),
    (f"{ASKED} Qui d'autre que les communes peut candidater ?", 2),
    ("What more do we need to apply?", 1),
    ("Une entreprise nous accompagne. Faut-il le préciser dans le formulaire ?", 1),
    ("Dois-je en conclure qu'une association ne peut pas candidater ?", 1),
    ("C'est pour quand la date limite ? Aucune idée. Merci de votre aide.", 1),
    ("Quelle est la date de clôture ? Plus précisément, à quelle heure ferme la plateforme ?", 2),
    ("Notre projet répond à un besoin identifié par les habitants\n- former 200 femmes\n- équiper trois médiathèques", 0),
    ("Pour démarrer il faut :\n- former 200 femmes\n- équiper trois médiathèques", 0),
    ("Le maire m'a demandé d'obtenir l'accord du conseil avant le dépôt.", 0),
    ("Nous souhaiterions la participation de trois villages.", 0),
    ("Nous aimerions les inclure dans notre projet.", 0),
])  # fmt: skip
def test_what_asks_and_what_only_tells(text: str, count: int) -> None:
    assert len(find_questions(text)) == count, [asked.text for asked in find_questions(text)]


@pytest.mark.parametrize("body", [
    "Je ne sais plus à qui m'adresser au sujet des tiers-lieux. Pouvez-vous me donner le contact ?",
    "Je voulais rouvrir le lien vers l'Atlas, mais je n'y arrive plus. " + ASKED,
    "L'accès à Internet s'est effondré dans la région de notre partenaire. " + ASKED,
    "Our city has exhausted its own budget for digital inclusion. When does the call close?",
    "Si je comprends bien, le règlement nous laisse jusqu'au 13 mars pour déposer, c'est bien cela ?",
    "Do the rules allow us to apply until 13 March?",
    "Can we apply until 20 March?",
    "Peut-on déposer jusqu'au 20 mars ?",
    "Mon maire me laisse jusqu'à vendredi pour lui rendre une note. " + ASKED,
    "Could you give us the list of documents required of applicants? When does the call close?",
    "Où trouvez-vous cela dans le règlement ? " + ASKED,
    "We organise a monthly video meeting with our partner in Accra. When does the call close?",
])  # fmt: skip
def test_words_of_distress_of_delay_and_of_lists_that_mean_none(desk: Desk, letter: Letter, body: str) -> None:
    got = desk.triage(letter(f"Bonjour,\n\n{body}\n\nAna Silva"))
    assert not {"distress", "extension", "personal_data", "decision", "call_wanted"} & set(got.human_reasons)


def test_a_subject_that_names_more_than_a_body_stands_for_none(desk: Desk, letter: Letter) -> None:
    got = desk.triage(letter("Notre commune veut candidater. Qui contacter ?", "Villes Internet - appel à projets"))
    assert "coordination@villes-internet.net" not in got.draft
