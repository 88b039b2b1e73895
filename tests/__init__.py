"""What the program promises, as sentences. The folders mirror the packages they test."""
