"""Applications, event types and templates on DynamoDB; JSON Schema."""
