"""Findings: what a transcript shows, why it happened and what to change."""
