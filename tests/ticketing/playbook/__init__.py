"""The playbook language: what it takes, what it refuses and in which words."""
