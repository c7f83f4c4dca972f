"""The proof of the grounding gate: right sentences that it must let pass, and their corruptions."""
