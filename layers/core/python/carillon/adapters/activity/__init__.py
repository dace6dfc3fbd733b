"""History and feeds on DynamoDB; dead letters on SQS."""
