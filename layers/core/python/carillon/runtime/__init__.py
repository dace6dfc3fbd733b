"""Lambda functions' common side: endpoints, workers, authentication, wiring, logs."""
