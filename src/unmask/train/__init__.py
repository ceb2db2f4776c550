"""Training: architectures, the network, the loop, export to a bundle. Needs the `train` extra."""
