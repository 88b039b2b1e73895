"""What a desk can be tried with: playbooks to begin from, and the shop that the stories are about.

Nothing of Threadline imports this, and nothing here imports Threadline: both know each other by HTTP and by files.
"""
