"""Scenario files as values: one misbehaviour, its lesson, and what a correct client does."""
