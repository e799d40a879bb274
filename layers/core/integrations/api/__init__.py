"""Floor 4: HTTP words. What a call may ask, who may ask it, and what the answers and refusals look like."""
