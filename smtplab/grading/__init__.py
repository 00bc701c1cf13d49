"""Grading: one client, run against many scenarios, judged by what the server saw and it claims."""
