# SPDX-License-Identifier: MIT
"""document: docs/openapi.yaml as the value that is served as JSON."""
import yaml


class _Loader(yaml.SafeLoader):
    """Times stay text, as in JSON."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(file):
    with open(file, "rb") as stream:
        return yaml.load(stream, _Loader)
