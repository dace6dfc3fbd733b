"""Subscribers, topics and contexts on DynamoDB."""
