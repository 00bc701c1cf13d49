"""Doing a session: settings, steps, the planner, the runner, the outcome."""
