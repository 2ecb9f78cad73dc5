"""Every source is in the list, under one name, and is offered the files that it recognises."""

import importlib
import inspect
import pkgutil

from centavo import sources
from centavo.cli.source_list import all_sources


def source_classes():
    for info in pkgutil.walk_packages(sources.__path__, "centavo.sources."):
        module = importlib.import_module(info.name)
        for _, found in inspect.getmembers(module, inspect.isclass):
            is_source = hasattr(found, "recognise") and hasattr(found, "read")
            if is_source and found.__module__ == info.name and found.__name__ != "Source":
                yield found


def test_every_source_is_in_the_list():
    listed = {type(source) for source in all_sources()}
    assert set(source_classes()) == listed


def test_names_are_unique_and_spelled_alike():
    names = [source.name for source in all_sources()]
    assert len(set(names)) == len(names)
    assert [name for name in names if not name.replace("-", "").isalnum()] == []
