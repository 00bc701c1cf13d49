"""The rules, by subject. A rule is a function from a transcript to findings."""
