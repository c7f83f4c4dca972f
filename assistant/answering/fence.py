"""Documents, mails and questions are data to a model: they stand in fences such as <question>."""


def as_data(text: str) -> str:
    """Untrusted text that can't close the fence it stands in."""
    return text.replace("<", "‹").replace(">", "›")
