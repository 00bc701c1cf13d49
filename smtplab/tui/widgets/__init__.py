"""The panes of the main screen: each shows one thing, and keeps no state of the session."""
