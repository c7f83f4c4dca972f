"""Fetching what a call links to: politely, within limits, from public addresses only."""
