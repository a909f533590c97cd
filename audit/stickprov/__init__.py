"""The stickprov: which decisions a person looks at, drawn so that anyone can check the draw afterwards."""
