"""What is read: files of users, and files that are fetched by name."""
