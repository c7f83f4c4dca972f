"""What can go wrong, named by what the caller does next.

    AssistantError
    ├── ConfigurationError       fix a setting or a file that the message names
    ├── CorpusError              fix the corpus file and field that the message names
    ├── ModelPreparationError    prepare the embedding model (run 'aap ingest')
    ├── IndexMissingError        build the index (run 'aap ingest')
    ├── IndexUnreachableError    the Chroma server is down: start it, then try again
    ├── IndexBusyError           another process is writing: wait, then try again
    ├── ModelUnavailableError    the chat model gave nothing in time: answer without it
    └── QuestionError            the question itself can't be taken (empty, too long …)
"""


class AssistantError(Exception):
    """Root of every error that this project raises on purpose."""


class ConfigurationError(AssistantError):
    """A setting has a value that cannot work."""


class CorpusError(AssistantError):
    """A file of the corpus is missing, malformed or contradicts another."""


class ModelPreparationError(AssistantError):
    """The embedding model is not there and could not be prepared."""


class IndexMissingError(AssistantError):
    """There is no index for this call yet."""


class IndexUnreachableError(AssistantError):
    """The server that keeps the vectors does not answer, or not as it should."""


class IndexBusyError(AssistantError):
    """Another process holds the index's write lock."""


class ModelUnavailableError(AssistantError):
    """The chat model can't be had now; ``outcome`` says why in one word, for counters."""

    def __init__(self, message: str, outcome: str) -> None:
        super().__init__(message)
        self.outcome = outcome


class QuestionError(AssistantError):
    """The question can't be taken as it is; the message says why, for its author."""
