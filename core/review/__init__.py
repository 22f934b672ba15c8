"""What curators do with candidates: queues, evidence, verdicts."""
