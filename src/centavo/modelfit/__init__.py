"""Module 2: is the model too large? Routers with certificates, trained on the user's own outcomes."""

__all__: list[str] = []
