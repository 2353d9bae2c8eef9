"""What benches/peers/run and benches/peers/mixed_load are made of: Python's standard library and nothing else."""
