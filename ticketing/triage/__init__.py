"""Understanding customers: what a brain may propose, what of it is believed, and what follows from it."""
