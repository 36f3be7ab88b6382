"""Messages between the parent and a worker, in JSON; ``protocol`` has them all."""
