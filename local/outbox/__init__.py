"""A stand-in for every provider and mailbox: answers, keeps and shows what arrives."""
