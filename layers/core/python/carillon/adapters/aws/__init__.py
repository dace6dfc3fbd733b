"""What every adapter on AWS shares: clients, one table, keys, lists, batches."""
