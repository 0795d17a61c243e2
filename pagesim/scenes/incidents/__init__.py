"""Pictures of notebook 10: what a dashboard shows, and what is behind it."""
