"""DOCX (Office Open XML) to structure: styles, automatic numbers, tables, notes, text boxes."""
