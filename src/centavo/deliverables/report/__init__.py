"""Reports on paper: prepared documents, and the same document as PDF, HTML and Markdown."""

__all__: list[str] = []
