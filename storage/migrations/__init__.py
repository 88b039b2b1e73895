"""The schema's history. Dated revisions; each does one thing and imports nothing of ours."""
