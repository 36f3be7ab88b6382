"""Small pictures of shapes, and sentences that describe them."""
