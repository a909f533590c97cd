"""What a municipality publishes about its robot: made from definition, manifests and rows, never written by hand."""
