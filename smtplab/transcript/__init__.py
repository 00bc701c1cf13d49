"""The record of a session: entries, recorder, redaction, saved files, wording."""
