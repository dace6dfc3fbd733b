"""Fan events out, attempt deliveries, record outcomes, try again."""
