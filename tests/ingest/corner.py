"""The made-up call of these tests."""

CALL = """
id = "essai"
title = "Essai"
authority = "Ministère"
[handoff]
name = "A B"
email = "a.b@c.example"
[[documents]]
id = "reglement"
path = "reglement.md"
title = "Règlement"
kind = "regulation"
"""
TEXT = "# Titre\n\n## I. Dates\n\nLa clôture est fixée au 3 mai 2025.\n\nLe jury siège en juin 2025.\n"
FAQ = '[[entry]]\nid = "jury"\nquestions = ["Quand siège le jury ?"]\nquote = "Le jury siège en juin 2025."\n'


def two_pages(edition: int) -> str:
    """A regulation of about two pages, in which every passage names its edition."""
    articles = "\n\n".join(
        f"### Article {n} de l'édition {edition}\n\n"
        f"Le point {n} de l'édition {edition} précise ce que les communes déposent. "
        f"Leur projet associe au moins {n + 1} partenaires."
        for n in range(1, 31)
    )
    return (
        f"# Règlement, édition {edition}\n\n## I. Calendrier\n\n"
        f"| Étape | Date |\n| - | - |\n| Date de clôture | {edition} mars 2025 |\n\n"
        f"## II. Articles\n\n{articles}\n"
    )
