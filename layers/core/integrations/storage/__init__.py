"""Floor 2: everything that is kept, in two DynamoDB tables and under one KMS key."""
