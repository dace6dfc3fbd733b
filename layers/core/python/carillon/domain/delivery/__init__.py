"""The path of an event: invocations, deliveries, chunks, attempts, retries."""
