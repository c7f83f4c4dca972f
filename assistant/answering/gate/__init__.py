"""The grounding gate between a chat model and whoever reads its answers."""

from assistant.answering.gate.gate import Gate
from assistant.answering.gate.verdict import Verdict

__all__ = ["Gate", "Verdict"]
