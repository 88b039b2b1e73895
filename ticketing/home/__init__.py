"""What waits for one person, in the order in which it presses, and why: what they see first in the morning."""
