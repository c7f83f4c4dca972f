"""Mails with known triage, questions and facts."""
