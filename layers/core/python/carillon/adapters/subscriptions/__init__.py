"""Subscriptions on DynamoDB."""
