"""Values as styled text. Pure functions: they know Textual's `Content`, and no widget or app."""
