"""Reports: results as text, Markdown, JUnit XML and one HTML page."""
