"""Questions about another call, or another year of this one: near misses that must not be
answered with this call's dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.answering.index import CallIndex
from assistant.answering.premises import supposes
from assistant.answering.question import Question
from assistant.answering.retrieve import Candidate
from assistant.answering.shorthand import apostrophes
from assistant.call import Call
from assistant.words import fold, stem, stems, stop_words, tokens

# A call by its name: "appel à projets Jeunesse", "AAP « Mobilités »". The name starts with a capital.
_NAMED = re.compile(
    r"\b(?:[Aa]ppels?(?: à (?:projets?|candidatures?|manifestation d['’]intérêt))?|AAP|AMI|"
    r"[Cc]all(?: for (?:projects?|proposals?))?|[Cc]onvocatoria|[Ee]dital)"
    r"\s+(?:«\s*|\"|“)?(?P<name>[A-ZÀ-Þ][\w’'-]{3,})"
)

# "l'édition 2023", "the 2022 call". Sources may say more between: "la session suivante est prévue en 2027".
_EDITION = r"\b[ld]?(?:editions?|sessions?|campagnes?|millesimes?|edicion|edicao|ausgabe)\b"
_YEAR = r"(?P<after>20\d\d)\b|\b(?P<before>20\d\d)\s+(?:editions?|sessions?|calls?|rounds?)\b"
_ASKED = re.compile(rf"{_EDITION}\s+(?:de |of |en )?{_YEAR}")
_TOLD = re.compile(rf"{_EDITION}[^.;\n]{{0,60}}?\b{_YEAR}")

# "Association créée en 2021", "un bateau construit en 2016": a year of the author's own story.
_STORY = re.compile(
    r"\b(?:cree\w*|fonde\w*|nee?s?|construite?s?|batie?s?|achete\w*|acquis\w*|mise?s? a l|immatricul\w+|datant|date de|existe\w*|"
    r"signee?s?|jumele\w*|created|founded|built|born|bought|signed|twinned)\b[^.?!]{0,25}\b20\d\d\b"
)

# What a question says when it means a call and not the subject that the call is about.
_OF_A_CALL = re.compile(
    r"\b(?:appels?|aap|ami|dispositifs?|programmes?|reglements?|calls?|programs?|regulations?|convocatoria|edital)\b"
)


# What a call is called by in running text: "l'AAP sport", "l'appel sur l'eau et l'assainissement".
_CALLED = re.compile(
    r"\b(?:appels?(?: a (?:projets?|candidatures?))?|aap|call(?: for (?:projects?|proposals?))?|convocatoria|edital|"
    r"(?:projekt)?aufruf)\s+(?P<words>(?:[\w'’-]+\s+){0,7}[\w'’-]+)"
)
# "l'AAP sport", "l'appel sur l'eau", but not "l'appel est-il ouvert ?".
_RIGHT_AFTER = re.compile(
    r"(?!(?:est|sont|sera|etait|ouvre|ferme|reste|a|is|was|will|does|has|esta?|ist)\b)"
)
# What calls for projects are for, in their titles: "l'appel jeunesse" is another one than a call on water.
_THEMES = frozenset(
    stems(
        "jeunesse sport culture santé climat eau assainissement agriculture agroécologie alimentation mobilité transport "
        "biodiversité énergie éducation francophonie patrimoine tourisme "
        "logement habitat égalité genre handicap déchets montagne littoral forêt cinéma musées lecture "
        "youth sports health climate water agriculture food mobility biodiversity energy education heritage tourism "
        "housing equality waste juventud deporte salud clima agua juventude saúde jugend"
    )
)
# Programmes that are asked for by mistake, wherever one applies.
_PROGRAMMES = re.compile(
    r"\b(?:erasmus|interreg|horizon europe|europe creative|creative europe|digital europe|france 2030|feder|fse|feader|leader\+?|cerv)\b"
)
# What else one applies to, by its name: "le fonds conjoint franco-mexicain", "the France-Mexico joint fund".
_BILATERAL = r"\w*[Ff]ranco-\w+"
_SCHEME = re.compile(
    rf"\b(?:[Ff]onds|[Pp]rogrammes?|[Dd]ispositifs?|[Cc]oncours|[Tt]rophées|[Bb]ourses?)\s+(?:(?:conjoint|commun|bilatéral|d[eu]s?|d['’]|de la|de l['’]|«)\s*)*"
    rf"(?P<after>[A-ZÀ-Þ][\w’'-]{{3,}}|{_BILATERAL})|"
    r"\bthe\s+(?P<before>[A-Z][\w-]{3,})\s+(?:(?:joint|bilateral|common)\s+)?(?:fund|call|scheme|grants?|programme?|awards?|prize)\b|"
    rf"\b[Aa]ppels?(?: à projets?)?\s+(?:conjoint\s+)?(?P<joint>{_BILATERAL})"
)
# "L'appel à projets « jeunesse »": what stands in quotation marks is its name, capital or not.
_QUOTED = re.compile(
    r"\b(?:appels?(?: a (?:projets?|candidatures?|manifestation d['’]interet))?|aap|ami|calls?(?: for (?:projects?|proposals?))?|convocatoria|edital)\s*"
    r"(?:«\s*|[\"“])(?P<name>[^«»\"“”]{3,80})[»\"”]"
)
# Words of any title of a call.
_ANY_TITLE = frozenset(stems("appel projets candidatures règlement programme session édition call projects"))


def served_call(question: Question, index: CallIndex, calls: Iterable[Call]) -> Call | None:
    """The other call of those served that the question names by its title, by its id, or right after "appel"
    or the like by words of its title.

    A title counts where the question speaks of a call, or quotes or capitalises it; words that
    this call's own title or sources hold together name nothing else.
    """
    asked = f" {' '.join(tokens(question.text))} "
    of_a_call = bool(_OF_A_CALL.search(fold(question.text)))
    found: Call | None = None
    length = 0
    for call in calls:
        title = " ".join(tokens(call.title))
        if call.id == index.call.id or len(title) <= length:
            continue
        own = f" {' '.join(tokens(index.call.title))} "
        by_title = False
        for name in _names(call.title):
            words = " ".join(tokens(name))
            named = bool(words) and f" {words} " in asked and f" {words} " not in own
            if named and (of_a_call or _as_a_name(name, question.text)) and not index.holds(name):
                by_title = True
        by_title = by_title or _called(question.text, call, index)
        if by_title or re.search(rf"(?<![\w-]){re.escape(call.id)}(?![\w-])", question.text.lower()):
            found, length = call, len(title)
    return found


def _names(title: str) -> list[str]:
    """What a call goes by: its title, what stands in it in quotation marks, what comes before its subtitle, and its
    first two words that tell something ("Rivières vivantes" en Loire-Amont)."""
    quoted = re.findall(r"«\s*([^«»]+?)\s*»|“([^“”]+)”", title)
    names = [title, *(one or other for one, other in quoted), re.split(r"\s[–:-]\s|\s?:\s", title)[0]]
    telling = [m for m in re.finditer(r"\w[\w-]*", title) if fold(m.group()) not in stop_words()]
    if len(telling) > 1 and not {stem(fold(m.group())) for m in telling[:2]} & _ANY_TITLE:
        names.append(title[telling[0].start() : telling[1].end()])
    return list(dict.fromkeys(names))


def _called(text: str, call: Call, index: CallIndex) -> bool:
    """Whether ``text`` names ``call`` right after "appel" by words of its title that are none of this call's: by
    two, or by one that these sources never use."""
    title = set(stems(call.title)) - _ANY_TITLE - set(stems(index.call.title))
    for match in _CALLED.finditer(fold(text)):
        named: list[str] = []
        for word in tokens(match["words"]):
            if stem(word) in title:
                named.append(stem(word))
            elif word not in stop_words():
                break
        if len(set(named)) > 1 or (named and named[0] not in index.catalog.vocabulary and _RIGHT_AFTER.match(match["words"])):
            return True
    return False


def _as_a_name(title: str, text: str) -> bool:
    """Whether ``title`` stands in ``text`` as it is written, capital first, not opening it."""
    at = text.find(title)
    return title[:1].isupper() and at > 0 and text[:at].strip()[-1:] not in ("", ".", "!", "?")


def other_call(question: Question, index: CallIndex) -> bool:
    """Whether the question names a call by a word that this call's sources never write so."""
    if question.text.isupper():
        return False
    own = set(stems(f"{index.call.title} {index.call.authority} {' '.join(index.call.acronyms)}"))
    title = set(stems(index.call.title))
    # A call on "Santé des jeunes" is one on "jeunesse" too.
    themes = {one for one in _THEMES if not any(one.startswith(own_) or own_.startswith(one) for own_ in title)}
    folded = fold(question.plain)
    programme = _PROGRAMMES.search(folded)
    if programme and question.kinds and not index.holds(programme.group()) and not index.holds(programme.group().title()):
        return True
    # With the words of this call's title, if it says them.
    for match in _CALLED.finditer(fold(apostrophes(question.text, index.lexicon.knows))):
        telling = [stem(word) for word in tokens(match["words"]) if word not in stop_words()]
        if telling and telling[0] in themes and _RIGHT_AFTER.match(match["words"]) and not set(telling) & title:
            return True
    if any(stem(word) in themes for word in re.findall(r"\b(\w+) (?:call|aufruf)\b", folded)):
        return True
    if question.kinds and any(_unheard_of(match, question, index) for match in _SCHEME.finditer(question.plain)):
        return True
    for match in _QUOTED.finditer(folded):
        if not set(stems(match["name"])) & own and not _written(match["name"], question.plain, index):
            return True
    for match in _NAMED.finditer(question.text):
        name = match["name"]
        written = index.catalog.holding(name) or index.catalog.holding(name.upper())
        if not written and not set(stems(name)) & own:
            return True
    return False


def _written(folded: str, text: str, index: CallIndex) -> bool:
    """Whether the sources write the words of ``text`` that are ``folded``, be it with a capital."""
    at = fold(text).find(folded) if len(fold(text)) == len(text) else -1
    name = (text[at : at + len(folded)] if at >= 0 else folded).strip()
    return index.holds(name) or index.holds(name[:1].upper() + name[1:])


def _unheard_of(match: re.Match[str], question: Question, index: CallIndex) -> bool:
    """Whether a scheme has a name that the sources never write, and that holds a word they don't know."""
    name = next(filter(None, match.groups()))
    words = set(tokens(name))
    return not index.holds(name) and any(term.word in words and not term.known for term in question.terms)


def other_year(question: Question, index: CallIndex) -> bool:
    """Whether the question is about a year of which no source says anything.

    A supposition ("c'est bien en 2025 ?") is left to be corrected.
    """
    if supposes(question):
        return False
    years = _years_asked(question)
    if any(not index.catalog.holding(year) for year in years):
        return True
    named = _years(_ASKED, question.text)
    return bool(named) and not named & (_own_years(index) | _told_years(index, named))


def years_untold(question: Question, candidates: Sequence[Candidate], index: CallIndex) -> bool:
    """Whether a year is asked of which no passage of ``candidates`` tells, while they tell of others, or an edition
    while they tell of another one. Years of the calendar and of the call's title are this call's own, and need not
    be repeated."""
    texts = [
        index.text(candidate.unit.document, span)
        for candidate in candidates
        for span in (*candidate.parts, *([candidate.unit.lead] if candidate.unit.lead else []))
    ]
    told = {year for text in texts for year in re.findall(r"\b20\d\d\b", text)}
    own = _own_years(index) | set(re.findall(r"\b20\d\d\b", index.call.title))
    editions = _years(_ASKED, question.text)
    if editions and not editions & told:
        return not editions <= own or bool(_years(_TOLD, texts[0]))
    years = _years_asked(question) - own
    return bool(years and told) and not years & told


def _years_asked(question: Question) -> set[str]:
    """Years of the question that may be asked about; none that it supposes or tells of its author."""
    if supposes(question) or _STORY.search(fold(question.text)):
        return set()
    return {value.value for value in question.values if value.kind == "year" and value.value[:2] == "20"}


def _years(edition: re.Pattern[str], text: str) -> frozenset[str]:
    """Years by which ``text`` calls an edition."""
    return frozenset(match["after"] or match["before"] for match in edition.finditer(fold(text)))


def _own_years(index: CallIndex) -> frozenset[str]:
    """Years of the calendar; of all dates where the call has no table of them."""
    facts = index.dated_rows or index.catalog.facts_of("date")
    return frozenset(fact.value[:4] for fact in facts if fact.value[:2] == "20")


def _told_years(index: CallIndex, years: Iterable[str]) -> frozenset[str]:
    """Years of editions that the sources which hold one of ``years`` speak of."""
    texts = (index.document(id_).text for year in years for id_ in index.catalog.holding(year))
    return frozenset[str]().union(*(_years(_TOLD, text) for text in texts))
