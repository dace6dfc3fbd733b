"""Integrations and sender addresses on DynamoDB and SES."""
