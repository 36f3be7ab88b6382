"""What is written and sent: plain structs, without behaviour."""
