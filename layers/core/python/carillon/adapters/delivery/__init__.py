"""Invocations, chunks and waiting deliveries on DynamoDB; queues on SQS."""
