"""The generic rules: what every run is judged by, whatever the scenario."""
