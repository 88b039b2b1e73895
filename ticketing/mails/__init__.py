"""What is particular to mails: where one belongs, who takes part, what no machine answers, whom mail cannot reach."""
