"""Lambda's side: endpoints, workers, authentication, wiring, logs."""
