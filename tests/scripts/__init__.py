"""What Biome and TypeScript say of the scripts that we serve: the lint and the types of JavaScript, as ruff and mypy are for Python."""
