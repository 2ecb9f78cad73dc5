"""Cost and usage reports of model vendors: OpenAI's and Anthropic's organization APIs, from pages."""

__all__: list[str] = []
