"""The console: a Textual application over one workbench."""
