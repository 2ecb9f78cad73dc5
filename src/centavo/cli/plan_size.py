"""``centavo plan size``: tokens, chunks and requests to GPU hours, gigabytes and kilowatt-hours."""

import click

from centavo.cli.plan_size_gpus import fine_tuning, serving
from centavo.cli.plan_size_stores import embeddings, local_host, logs, storage

__all__ = ["command"]


@click.group("size")
def command() -> None:
    """Size what nobody has measured yet: GPUs, stores, logs, a host of one's own."""


for _one in (serving, fine_tuning, embeddings, storage, logs, local_host):
    command.add_command(_one)
