"""What servers mean by their 4xx and 5xx replies: tables of signs, causes and remedies."""
