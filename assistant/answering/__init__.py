"""From a question to a verified answer; one module a stage of the pipeline.

understand → retrieve → read → compose → verify, called in this order by ``assistant.py``.
"""
