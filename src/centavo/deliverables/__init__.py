"""What people outside the team read: the dashboard, the executive report, the savings plan."""

__all__: list[str] = []
