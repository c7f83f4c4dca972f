"""Cues of standard questions in a text."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.prototypes import topics
from assistant.answering.topic_cues import cued_topics
from assistant.words import fold, tokens

CUES = sorted({cue for topic in topics().values() for cue in topic.cues})
WORDS = sorted({word for cue in CUES for word in cue.split()})


@given(
    st.lists(
        st.sampled_from(CUES) | st.sampled_from(WORDS) | st.text(max_size=8), max_size=12
    ).map(" ".join)
)
def test_a_topic_is_cued_when_one_of_its_cues_stands_in_the_text(text: str) -> None:
    words, folded = f" {' '.join(tokens(text))} ", fold(text)
    assert cued_topics(text) == {
        topic.id
        for topic in topics().values()
        if any(
            f" {cue} " in words if cue.replace(" ", "").isalnum() else cue in folded
            for cue in topic.cues
        )
    }


def test_cues_are_whole_words() -> None:
    cue = next(c for c in CUES if c.isalpha() and len(c) > 6)
    assert cued_topics(cue)
    assert cued_topics(f"x{cue}x") == cued_topics("x")
