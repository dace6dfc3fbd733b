"""What log lines say about a request or a message, wherever its work is done."""
