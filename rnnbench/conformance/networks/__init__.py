"""The promises of a network, whatever it computes."""
