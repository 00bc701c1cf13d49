"""Recipes: how well-known clients are called, one file each, ready to grade."""
