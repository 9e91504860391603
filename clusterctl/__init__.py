"""clusterctl: a whole cluster analysis from one YAML file."""

__version__ = "0.1.0"
