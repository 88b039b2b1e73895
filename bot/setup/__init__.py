"""Getting the Slack app to work, and the people in: what an admin's commands ask Slack. No listener imports this."""
