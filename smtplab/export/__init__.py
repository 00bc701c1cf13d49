"""Records as files for others: text, JSON, Markdown, HTML, captures, and programs."""
