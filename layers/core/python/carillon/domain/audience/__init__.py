"""Recipients: subscribers, their addresses and preferences, topics, contexts."""
