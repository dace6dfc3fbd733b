"""People and groups: subscribers, topics, preferences, contexts."""
