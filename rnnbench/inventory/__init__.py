"""What is installed here: backends, devices, cells, tasks, suites, and plugins with faults."""
