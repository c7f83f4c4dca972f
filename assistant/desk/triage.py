"""One mail from its bytes to its triage and draft. Every answer comes from ``Assistant.ask``'s pipeline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Lock

from assistant.answering.assistant import Assistant
from assistant.answering.understand import detect_language
from assistant.desk.asking import Listener, matches
from assistant.desk.automated import (
    automated,
    between_others,
    is_thanks,
    wants_no_reply,
)
from assistant.desk.category import category_of
from assistant.desk.corrections import corrected, essence
from assistant.desk.deadline import DEADLINE, closing_date, near_days
from assistant.desk.letter import Letter, write_letter
from assistant.desk.looked import VERY_SURE, Looked, Looker
from assistant.desk.memory import Memory
from assistant.desk.offers import sells
from assistant.desk.parse import Mail, parse_mail
from assistant.desk.questions import Asked, find_questions
from assistant.desk.reasons import declined, reasons, recognised, sentence_reasons, stated
from assistant.desk.rows import OPEN
from assistant.desk.sentences import read_sentences
from assistant.desk.types import MailStatus, Reply, Triaged, Urgency
from assistant.desk.wordings import answer_key
from assistant.errors import CorpusError
from assistant.types import ABSTENTIONS
from assistant.words import tokens

# Below this cosine nothing that is known or asked of any call is near a question (in what may be an offer, below the
# second, nothing that is left open), and below this probability of asking it may be rhetorical ("Who would have thought?").
NEAR, NEARER, ASKS_SURELY = 0.55, 0.6, 0.96
NOT_ANSWERED = "not_in_sources"
UNCLEAR = "unclear"
PERSON = "person"


class Desk:
    """Triages and drafts mails about one call. Safe to share between threads.

    Raises CorpusError for an unknown call.
    """

    def __init__(self, assistant: Assistant, call: str | None = None, memory: Memory | None = None) -> None:
        self._assistant = assistant
        self._memory = memory
        self._listener = Listener(assistant.embedder)
        name = call or assistant.default_call
        if name not in assistant.calls:
            raise CorpusError(f"There is no call '{name}' (calls served: {', '.join(assistant.calls)}).")
        self.call = assistant.calls[name]
        self._looker = Looker(assistant, self.call.id)
        self._lock = Lock()
        self._closing: tuple[date, date | None] | None = None

    def triage(self, raw: bytes) -> Triaged:
        """Triage one mail; nothing of it is ever executed or obeyed."""
        mail = parse_mail(raw)
        text, asked = _what_is_asked(mail, self._listener)
        language = self._language(mail, text)
        example = self._memory.example(self._assistant.meaning(essence(mail))) if self._memory else None
        program = automated(mail)
        if program and not (example and example.state in OPEN):
            return Triaged(
                mail, program, False, (), (), category_of(mail, text, [], []), "low", language,
                (), "", (), "automated",
            )  # fmt: skip
        looked = [self._looker.answer(question, mail.subject) for question in asked]
        if any(look and look.settled for look in looked):
            meant = [n for n, q in enumerate(asked) if not self._rhetorical(q, looked[n])]
            rhetorical = [q.text for n, q in enumerate(asked) if n not in meant]
            asked, looked = [asked[n] for n in meant], [looked[n] for n in meant]
        else:
            rhetorical = []
        found = list(dict.fromkeys([
            *stated(mail, text),
            *recognised(
                (t for look in looked if look for t in look.topics),
                (t for look in looked if look for t in look.turns),
            ),
        ]))  # fmt: skip
        replies = [self._reply(q, look) for q, look in zip(asked, looked, strict=True)]
        human = [id_ for id_ in found if reasons()[id_].human]
        settled = [q.text for q, look in zip(asked, looked, strict=True) if look and look.settled] + rhetorical
        told = bool(replies) and all(reply.kind == "answered" for reply in replies)
        if not human and any(
            self._listener.calls_for_person(sentence.text, surely=told and not sentence.asks)
            and not _within(settled, sentence.text) and not declined(sentence.text)
            for sentence in read_sentences(text, self._listener)
        ):
            human = [PERSON]
        answered = any(reply.kind == "answered" for reply in replies)
        of_the_call = any(look and (look.settled or look.near >= _nearness(q, look)) for q, look in zip(asked, looked, strict=True))
        offered = sells(text, mail.written.signature, human, answered=answered, of_the_call=of_the_call)
        silent = not replies and not human
        thanks = silent and (is_thanks(text) or not text.strip() and not mail.attachments)
        asks_surely = any(self._listener.how_surely(question.text) >= VERY_SURE for question in asked)
        told_not_to = not _STILL_WANTED & set(human) and (
            between_others(mail.written.text) or (wants_no_reply(text) and not asks_surely)
        )
        needs_reply = not offered and not thanks and not told_not_to
        if needs_reply and silent:
            human.append(UNCLEAR)
        if needs_reply and (
            any(reply.kind in ("missing", "outside") for reply in replies)
            or any(reply.kind == "answered" and look and (look.open or look.answer.status == "partial") for reply, look in zip(replies, looked, strict=True))
        ):
            human.append(NOT_ANSWERED)
        if offered or told_not_to:
            human, replies = [], []
        urgent = [id_ for id_ in found if reasons()[id_].urgent] if needs_reply else []
        if needs_reply and asked and self._deadline_is_near():
            urgent.append(DEADLINE)
        category = category_of(mail, text, [look.group for look in looked if look], human)
        letter = Letter("", (), ())
        if needs_reply and not (human == ["injection"] and not any(r.kind == "answered" for r in replies)):
            named = [id_ for id_ in human if id_ in _NAMED]
            letter = write_letter(self.call, mail, language, replies, named)
        urgency: Urgency = "high" if urgent else "normal" if needs_reply else "low"
        triaged = Triaged(
            mail, "", needs_reply, tuple(human), tuple(urgent), category, urgency, language,
            tuple(replies), letter.draft, letter.citations, _status(replies, human, needs_reply), letter.said,
        )  # fmt: skip
        return corrected(triaged, example) if example else triaged

    def triage_all(self, mails: Iterable[bytes], workers: int = 2) -> Iterator[Triaged]:
        """Triage many mails, in order."""
        with ThreadPoolExecutor(max_workers=workers) as pool:
            yield from pool.map(self.triage, mails)

    def _reply(self, asked: Asked, looked: Looked | None) -> Reply:
        """What becomes of a question; in the officer's words when she approved some for this answer."""
        reply = _reply(asked, looked)
        if reply.kind == "answered" and self._listener.calls_for_person(asked.text) and not (looked and looked.sure):
            reply = replace(reply, kind="person", reasons=(PERSON,))
        if reply.kind != "answered" or reply.answer is None:
            return reply
        key = answer_key(reply.answer)
        words = self._memory.wording(key) if self._memory else None
        if words is None:
            return replace(reply, key=key)
        return replace(reply, key=key, answer=reply.answer.model_copy(update={"text": words, "mode": "validated"}))

    def _rhetorical(self, asked: Asked, looked: Looked | None) -> bool:
        """Whether a question, beside one that is answered, is of the kind that wants no answer."""
        if asked.requested and not (matches("wish", asked.text) and self._listener.how_surely(asked.text) < VERY_SURE):
            return False
        if looked is None or looked.near >= NEAR or looked.topics or looked.settled or sentence_reasons(asked.text):
            return False
        if (asked.context and not asked.told) or matches("of_the_text", asked.text):  # it goes on asking, or asks what is written
            return False
        return self._listener.how_surely(asked.text) < ASKS_SURELY

    def _deadline_is_near(self) -> bool:
        """Whether the call closes within the days that reasons.toml sets."""
        now = self._assistant.now(self.call.id)
        with self._lock:
            if self._closing is None or self._closing[0] != now.date():
                self._closing = now.date(), closing_date(self._assistant, self.call)
        closing = self._closing[1]
        return closing is not None and 0 <= (closing - now.date()).days <= near_days()

    def _language(self, mail: Mail, text: str) -> str:
        return detect_language(f"{text[:1_500]}" or mail.subject, self.call.language)


# "My first question is in the subject line."
_SUBJECT = re.compile(r"\b(?:subject|objet|asunto|assunto|betreff)\b", re.I)
_NAMED = frozenset({"extension", "decision", "case", "promise", "personal_data", "legal", "press", "elected", "call_wanted"})
# A mail that states one of these is for her even if its author wants no reply.
_STILL_WANTED = frozenset({"legal", "personal_data", "press", "complaint", "distress", "injection"})
# What these ask is never answered by a draft, even when the regulation has something near.
_NEVER_DRAFTED = frozenset({
    "extension", "decision", "case", "promise", "personal_data", "legal", "press", "call_wanted",
})  # fmt: skip


def _nearness(asked: Asked, looked: Looked) -> float:
    """How near a question of what may be an offer must be to what is asked of any call to be one about it."""
    return NEARER if looked.answer.abstained or "?" not in asked.text else NEAR


def _within(questions: Iterable[str], sentence: str) -> bool:
    """Whether one of ``questions`` was found in ``sentence``."""
    words = set(tokens(sentence))
    return any(words.issuperset(tokens(question)) for question in questions)


def _what_is_asked(mail: Mail, listener: Listener) -> tuple[str, list[Asked]]:
    """The text that counts and its questions: what was written, else what is passed on, else the
    subject."""
    text = mail.written.text
    asked = find_questions(text, listener)
    own = any("?" in a.text or listener.how_surely(a.text) >= VERY_SURE for a in asked)
    if mail.forwarded and not own:
        inner = find_questions(mail.forwarded, listener)
        if inner or not text:
            return f"{text}\n{mail.forwarded}".strip(), inner
    subject = re.sub(r"^(?:\s*(?:re|tr|fwd?|rép|aw)\s*:\s*)+", "", mail.subject, flags=re.I)
    own_question = subject == mail.subject and subject.rstrip().endswith("?")
    if not asked and (len(text) < 60 or own_question):
        asked = find_questions(subject, listener)
    elif own_question and _SUBJECT.search(text):
        asked = [*find_questions(subject, listener), *asked]
    return text, asked


def _reply(asked: Asked, looked: Looked | None) -> Reply:
    stated_ = [id_ for id_ in sentence_reasons(asked.text) if id_ in _NEVER_DRAFTED or id_ == "injection"]
    if looked is not None:
        stated_ += [
            id_ for id_ in recognised(looked.topics, looked.turns)
            if id_ in _NEVER_DRAFTED or id_ == "injection"
        ]  # fmt: skip
    why = tuple(dict.fromkeys(stated_))
    if "injection" in why or looked is None:
        return Reply(asked.text, "ignored", None, why)
    answer = looked.answer
    if why:
        return Reply(asked.text, "person", answer, why)
    if answer.status == "refused":
        return Reply(asked.text, "ignored", None, ("injection",))
    if answer.status == "out_of_scope":
        return Reply(asked.text, "outside", answer)
    if answer.status in ABSTENTIONS:
        return Reply(asked.text, "missing", answer)
    return Reply(asked.text, "answered", answer)


def _status(replies: list[Reply], human: list[str], needs_reply: bool) -> MailStatus:
    """The assistant's statuses over all questions of the mail."""
    kinds = {reply.kind for reply in replies if reply.kind != "ignored"}
    if not kinds:
        return "no_question" if not human or not needs_reply else "refused" if "injection" in human else "person"
    if kinds == {"answered"}:
        partial = any(r.answer and r.answer.status == "partial" for r in replies)
        return "partial" if partial else "answered"
    if "answered" in kinds:
        return "partial"
    return "out_of_scope" if kinds == {"outside"} else "person" if kinds == {"person"} else "not_in_sources"
