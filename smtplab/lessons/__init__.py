"""Lessons: text, steps and checks, as files that anybody can write."""
