"""Commands of ``aap`` in groups: ``aap call``, ``aap corpus``, ``aap mail``, ``aap users``."""
