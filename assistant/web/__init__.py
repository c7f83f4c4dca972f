"""HTTP: the chat page, the API, the documents. Nothing here decides what the answer is."""
