"""One folder per outside system: client, models, mock, manifest."""
