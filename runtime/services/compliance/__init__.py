"""Reports on controls: made, scheduled and told of; what is unusual; and what people confirm."""
