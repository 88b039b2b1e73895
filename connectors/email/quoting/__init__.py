"""The text of a mail, taken apart: what the person wrote, what they quote, their signature. Nothing is thrown away."""
